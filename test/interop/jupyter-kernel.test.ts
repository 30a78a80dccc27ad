import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pythonWithJupyter } from '../pythons.ts'
import { runWithKernel } from './installed-kernel.ts'

const { path: python, skip } = pythonWithJupyter

type Shown = readonly (string | readonly [type: string, content: unknown])[]

/** What the script reports, by step. */
interface Report {
  readonly [step: string]: unknown
  readonly 'streams and result': { readonly shown: Shown; readonly reply: object }
}

/** The script runs once; every test looks at a part of what it reports. */
const report = (skip === false ? runWithKernel(python!, 'jupyter-kernel.py') : {}) as Report

/** A test of which the whole is that a step gave this. */
function gives(title: string, step: string, expected: unknown): void {
  test(title, { skip }, () => assert.deepEqual(report[step], expected))
}

gives('Jupyter’s client is told the language and the protocol', 'info', {
  'header version': '5.4',
  status: 'ok',
  protocol_version: '5.4',
  debugger: false,
  supported_features: [],
  name: 'typescript',
  file_extension: '.ts',
  pygments_lexer: 'typescript',
})

test('input, both streams and the result are between busy and idle', { skip }, () => {
  const { shown, reply } = report['streams and result']
  assert.deepEqual(
    shown.map((item) => (typeof item === 'string' ? item : item[0])),
    ['busy', 'execute_input', 'stream', 'stream', 'execute_result', 'idle'],
  )
  assert.deepEqual(shown[2], ['stream', { name: 'stdout', text: 'out\n' }])
  assert.deepEqual(shown[3], ['stream', { name: 'stderr', text: 'err\n' }])
  const result = { data: { 'text/plain': '42' }, metadata: {}, execution_count: 1 }
  assert.deepEqual(shown[4], ['execute_result', result])
  assert.deepEqual(reply, {
    status: 'ok',
    execution_count: 1,
    user_expressions: {},
    payload: [],
  })
})

gives('an error names the cell and the line', 'error', {
  shown: [
    {
      ename: 'RangeError',
      evalue: 'too far',
      traceback: ['RangeError: too far', '    at cell 2:2:7'],
    },
  ],
  reply: { status: 'error', ename: 'RangeError', evalue: 'too far' },
})
gives('a value shows itself in the forms that it wants', 'rich', [
  { 'text/html': '<b>hi</b>', 'text/plain': 'hi' },
])
gives('a silent cell shows nothing', 'silent', ['busy', 'idle'])
gives('user expressions succeed and fail one by one', 'expressions', { good: 'ok', bad: 'error' })
gives('a cell that fails drops those behind it', 'stop on error', [
  'error',
  'aborted',
  'aborted',
  'aborted',
])
gives('unless its request says otherwise', 'go on after an error', ['error', 'ok'])
gives('a cell asks the person at the front end', 'input', [
  { prompt: 'name? ', password: true },
  ["'Hello Ann'"],
])
gives('asking where nobody can answer is an error', 'no input', 'StdinNotImplementedError')
gives('a question is interrupted', 'interrupt input', 'KeyboardInterrupt')
gives('names of the namespace are completed', 'complete', {
  matches: ['firstName'],
  cursor_start: 7,
  cursor_end: 9,
})
gives('a value is inspected', 'inspect', [true, true])
gives('a console learns whether a cell goes on', 'is complete', [
  'complete',
  'incomplete',
  'invalid',
])
gives('the cells that were run are remembered', 'history', [
  "const person = { firstName: 'Ann', 'é': 1 }",
])
const interrupted = ['error', 'KeyboardInterrupt', ['5']]
gives('a busy loop is interrupted, and the namespace stays', 'interrupt busy loop', interrupted)
gives('a wait without end is interrupted, too', 'interrupt waiting', interrupted)
gives('a comm to an unknown target is closed', 'unknown comm target', ['comm_close'])
gives('comms carry data and buffers both ways', 'comm', {
  opened: [{ welcome: 'Ann' }],
  listed: { c1: { target_name: 'echo' } },
  answers: [{ twice: 42 }],
  buffers: [[2, 3]],
  closed: ['true'],
  'from the kernel': ['chart'],
})
gives('a debugger is refused, politely', 'debug', false)
gives('a request that nobody knows is answered with an error', 'unknown request', 'error')
gives('two front ends share the namespace', 'two front ends', ['99'])
gives('a restart empties the namespace', 'restart', ["'undefined'"])
gives('the heartbeat goes on after a restart', 'alive after restart', true)
gives('a kernel in a busy loop ends by itself when it is asked to', 'shut down while busy', 0)
gives('a kernel listens on ipc sockets', 'ipc', ['2'])
gives('a kernel signs as its connection file says', 'sha512', ['2'])
gives('a kernel without a key signs nothing', 'unsigned', ['2'])
gives('a kernel encrypts when it is asked to', 'encrypted', ['2'])
