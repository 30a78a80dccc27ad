import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { after, beforeEach, test } from 'node:test'
import type { ApplyOutcome, Output } from '../engine/mod.ts'
import { readPythonValue } from '../pickle/mod.ts'
import { NodeEvaluator } from './evaluator.ts'
import type { OutputStreams } from './stdio.ts'

// Calls as clients of Python's sent them; see `calls.py` there.

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const streams = { stdout: sink(), stderr: sink() } as unknown as OutputStreams
const evaluator = new NodeEvaluator({ streams })
after(() => evaluator[Symbol.dispose]())
beforeEach(() => evaluator.clear())

const output: Output = {
  stream() {},
  executeInput() {},
  executeResult() {},
  display() {},
  clearOutput() {},
  input: async () => '',
}

type Calls = Record<string, readonly string[]>

function recorded(version: number): Calls {
  const url = new URL(`../../test/fixtures/pickles/calls-${version}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as Calls
}

for (const version of [7, 9]) {
  const calls = recorded(version)

  const apply = (name: string): Promise<ApplyOutcome> => {
    const buffers = calls[name]!.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex')))
    return evaluator.apply({ buffers }, output)
  }

  const resultOf = async (name: string): Promise<unknown> => {
    const outcome = await apply(name)
    if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
    return readPythonValue(outcome.buffers).value
  }

  test(`ipyparallel ${version} pushes names and pulls expressions`, async () => {
    assert.equal(await resultOf('push'), null)
    const { pushedArray } = globalThis as unknown as { pushedArray: Float64Array }
    assert.deepEqual(
      pushedArray,
      Float64Array.from({ length: 200 }, (_, i) => i),
    )
    assert.equal(await resultOf('pull'), 1)
    assert.deepEqual(await resultOf('pull many'), [1, 2])
    assert.deepEqual(await resultOf('pull a set'), [1])
  })

  test(`ipyparallel ${version} has code executed through apply`, async () => {
    assert.equal(await resultOf('execute'), null)
    assert.equal((globalThis as Record<string, unknown>)['executed'], 3)
  })

  test(`ipyparallel ${version} maps an expression over sequences`, async () => {
    assert.deepEqual(await resultOf('map'), [4, 10, 18])
  })

  test(`ipyparallel ${version} may say how functions travel, which makes no difference`, async () => {
    assert.equal(await resultOf('use pickle'), null)
  })

  test(`ipyparallel ${version} calls expressions; arguments by name come as an object`, async () => {
    assert.equal(await resultOf('reference'), 5)
    assert.equal(await resultOf('reference as argument'), 21)
    assert.deepEqual(await resultOf('reference with names'), [1, { b: 2 }])
    const outcome = await apply('reference to no function')
    assert.ok(outcome.status === 'error')
    assert.equal(outcome.evalue, '1 + 1 is not a function')
  })

  test(`ipyparallel ${version} is told which language the engine speaks`, async () => {
    const expected: Record<string, RegExp> = {
      lambda: /cannot run Python's __main__\.<lambda>\. Send it TypeScript/,
      builtin: /cannot run Python's builtins\.len\./,
      partial: /cannot run Python's functools\.partial\./,
      dependent: /cannot run a dependent function of Python\./,
      class: /cannot run a class of Python\./,
      'function as argument': /cannot run the function needy of Python's\./,
    }
    for (const [name, message] of Object.entries(expected)) {
      const outcome = await apply(name)
      assert.ok(outcome.status === 'error', name)
      assert.equal(outcome.ename, 'WrongLanguageError')
      assert.match(outcome.evalue, /^this engine speaks TypeScript/)
      assert.match(outcome.evalue, message)
      assert.equal(outcome.buffers, undefined)
    }
  })
}

test('a broadcast map takes the sequences that were scattered for it, and leaves none behind', async () => {
  const calls = recorded(9)
  const apply = (name: string) => {
    const buffers = calls[name]!.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex')))
    return evaluator.apply({ buffers }, output)
  }
  await apply('push a sequence')
  const outcome = await apply('map over a name')
  assert.ok(outcome.status === 'ok')
  assert.deepEqual(readPythonValue(outcome.buffers).value, [0, 1, Math.SQRT2, Math.sqrt(3)])
  const again = await apply('map over a name')
  assert.ok(again.status === 'error')
  assert.equal(again.evalue, '_seq_1 is not defined')
})

test('frames that are neither a call of ours nor one of Python are refused', async () => {
  const outcome = await evaluator.apply({ buffers: [Uint8Array.of(0xff, 1)] }, output)
  assert.ok(outcome.status === 'error')
  assert.equal(outcome.ename, 'MalformedError')
})
