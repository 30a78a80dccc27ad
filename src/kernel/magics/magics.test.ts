import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, beforeEach, test } from 'node:test'
import type { ExecuteOutcome, MimeBundle, Output } from '../../engine/mod.ts'
import { NodeEvaluator } from '../evaluator.ts'
import type { OutputStreams } from '../stdio.ts'

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const streams = { stdout: sink(), stderr: sink() } as unknown as OutputStreams
const evaluator = new NodeEvaluator({ streams })
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iparallel-magics-')))
const before = process.cwd()
const isWindows = process.platform === 'win32'
process.chdir(folder)
after(() => {
  evaluator[Symbol.dispose]()
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

let printed = { stdout: '', stderr: '' }
let results: MimeBundle[] = []
let displayed: MimeBundle[] = []
let onPrint = (): void => {}
const output = {
  stream: (name: 'stdout' | 'stderr', text: string) => {
    printed[name] += text
    onPrint()
  },
  executeInput() {},
  executeResult: (data: MimeBundle) => results.push(data),
  display: (data: MimeBundle) => displayed.push(data),
  clearOutput() {},
} as unknown as Output

beforeEach(async () => {
  await evaluator.clear()
  process.chdir(folder)
  printed = { stdout: '', stderr: '' }
  results = []
  displayed = []
  onPrint = () => {}
})

function execute(code: string): Promise<ExecuteOutcome> {
  const request = { code, silent: false, storeHistory: true, userExpressions: {} }
  return evaluator.execute(request, output)
}

async function run(code: string): Promise<ExecuteOutcome & { status: 'ok' }> {
  const outcome = await execute(code)
  if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
  return outcome
}

async function fails(code: string): Promise<string> {
  const outcome = await execute(code)
  assert.ok(outcome.status === 'error', 'it went well')
  return outcome.traceback.join('\n')
}

const lastResult = (): unknown => results.at(-1)?.['text/plain']
const command = (code: string): string => ` "${process.execPath}" -e "${code}"`

test('%cd goes somewhere, %pwd says where, %cd - goes back', async () => {
  mkdirSync(join(folder, 'sub dir'), { recursive: true })
  await run('%cd sub dir\n%pwd')
  assert.equal(lastResult(), `'${join(folder, 'sub dir')}'`)
  await run('%cd -')
  assert.equal(process.cwd(), folder)
  assert.match(await fails('%cd nowhere'), /^UsageError: %cd: cannot go to .*nowhere/)
})

test('%ls lists a folder, folders with a slash', async () => {
  mkdirSync(join(folder, 'sub dir'), { recursive: true })
  writeFileSync(join(folder, 'data.txt'), 'x')
  await run('%ls')
  assert.match(printed.stdout, /data\.txt\s.*sub dir\//)
  await run('%ls -l')
  assert.match(printed.stdout, / 1 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}data\.txt\n/)
})

test('a command prints live, and leaves its exit code', async () => {
  const first = new Promise<void>((resolve) => {
    onPrint = () => {
      if (printed.stdout.includes('one')) resolve()
    }
  })
  const running = run(`!${command("console.log('one'); setTimeout(() => process.exit(3), 50)")}`)
  await first
  await running
  await run('_exit_code')
  assert.equal(lastResult(), '3')
})

test('the lines that a command prints can be had as a value', async () => {
  await run(`const lines = !${command("console.log('a'); console.log('b')")}\nlines`)
  assert.equal(lastResult(), "[ 'a', 'b' ]")
})

test('values go into commands and paths', async () => {
  await run("const name = 'data'")
  writeFileSync(join(folder, 'data.mjs'), 'export const x = 1\n')
  await run(`%run $\{name}.mjs\nx`)
  assert.equal(lastResult(), '1')
})

test('%run runs a file in the namespace, with its arguments and its own relative imports', async () => {
  mkdirSync(join(folder, 'lib'), { recursive: true })
  writeFileSync(join(folder, 'lib', 'base.mjs'), 'export const base = 40\n')
  writeFileSync(
    join(folder, 'lib', 'program.ts'),
    "import { base } from './base.mjs'\nexport const sum: number = base + Number(process.argv[2])\n",
  )
  await run('%run lib/program 2\nsum')
  assert.equal(lastResult(), '42')
  writeFileSync(join(folder, 'lib', 'broken.ts'), '\nthrow new RangeError("here")\n')
  assert.match(await fails('%run lib/broken.ts'), /RangeError: here\n {4}at .*broken\.ts:2:7/)
  assert.match(await fails('%run missing'), /there is no file .*missing/)
})

test('%who and %whos list what cells declared, by type if asked', async () => {
  await run('const speed = 3\nfunction go() {}\nclass Car {}\nconst car = new Car()')
  await run('%who')
  assert.equal(printed.stdout, 'Car\tcar\tgo\tspeed\n')
  await run('%whos number Car')
  assert.match(
    printed.stdout,
    /Variable\s+Type\s+Data\/Info\n-+\ncar\s+Car\s+Car \{\}\nspeed\s+number\s+3\n$/,
  )
})

test('%reset empties the namespace', async () => {
  await run('const gone = 1')
  await run('%reset')
  await run('typeof gone')
  assert.equal(lastResult(), "'undefined'")
})

test('%time shows how long a statement takes, and its value', async () => {
  await run('%time 6 * 7')
  assert.equal(lastResult(), '42')
  assert.match(printed.stdout, /^CPU times: user .*, sys: .*, total: .*\nWall time: .*s\n$/)
})

test('%%time runs the rest of the cell in the namespace, and stacks have its lines', async () => {
  await run('%%time\nconst made = 3\nmade + 1')
  assert.equal(lastResult(), '4')
  assert.match(await fails('%%time\n\nthrow new Error("x")'), /Error: x\n {4}at cell \d+:3:7/)
})

test('%timeit runs a statement many times; its names are its own', async () => {
  await run(
    'let calls = 0\nconst t = %timeit -n 10 -r 3 -q -o { const own = 1; calls += own }\nt.loops * t.repeat',
  )
  assert.equal(lastResult(), '30')
  await run('calls + typeof own')
  assert.equal(lastResult(), "'30undefined'")
  await run('%timeit -n 1 -r 1 await Promise.resolve(1)')
  assert.match(printed.stdout, /per loop \(mean ± std\. dev\. of 1 run, 1 loop each\)\n$/)
})

test('the lines of a command are given a name in a block, too, where a negation stays one', async () => {
  await run(
    'let done = false\nif (!done) {\n  const lines = !echo in block\n  const not = !done\n' +
      '  globalThis.found = [lines, not]\n}\nfound',
  )
  assert.equal(lastResult(), "[ [ 'in block' ], true ]")
})

test('a magic where nothing can be awaited is shown as it was typed', async () => {
  assert.match(
    await fails('[1].forEach(() => {\n  %time 1\n})'),
    /^cell \d+:2\n {2}%time 1\n\nSyntaxError: Magics are only valid at the top level and in async /,
  )
})

test('%timeit can import, and a stack has the column within its statement', async () => {
  await run("const t = %timeit -n 1 -r 1 -q -o await import('node:os')\nt.repeat")
  assert.equal(lastResult(), '1')
  assert.match(await fails('%timeit throw new Error("x")'), /^Error: x\n {4}at timeit:1:7$/)
})

test('%%timeit takes options alone, and then has no set-up', async () => {
  await run('%%timeit -n 1 -r 1 -q\nlet inside = 1')
  assert.equal(printed.stdout, '')
  await run('%%timeit -q -n1 -r1\n1')
  assert.match(await fails('%timeit -q'), /^UsageError: %timeit needs a statement/)
})

test('%timeit says what is wrong with its options', async () => {
  const wanted = "UsageError: %timeit: -n needs a whole number above 0, not 'abc'"
  assert.ok((await fails('%timeit -n abc 1 + 1')).startsWith(wanted))
  assert.ok((await fails('%timeit -nabc 1 + 1')).startsWith(wanted))
  assert.match(await fails('%timeit -r'), /^UsageError: %timeit: -r needs R/)
})

test('%env shows, sets and hides', async () => {
  await run('%env IPARALLEL_TEST=some value\n%env IPARALLEL_TEST')
  assert.equal(lastResult(), "'some value'")
  process.env['IPARALLEL_TEST_TOKEN'] = 'secret'
  await run('const shown = %env\nshown.IPARALLEL_TEST_TOKEN')
  assert.equal(lastResult(), "'<hidden>'")
  delete process.env['IPARALLEL_TEST']
  delete process.env['IPARALLEL_TEST_TOKEN']
})

test('a tilde is the home folder, for whatever takes a path', async () => {
  const name = isWindows ? 'USERPROFILE' : 'HOME'
  const home = process.env[name]
  process.env[name] = folder
  try {
    await run('%%writefile ~/at-home.ts\nconst home = 7')
    assert.ok(existsSync(join(folder, 'at-home.ts')))
    assert.match(String((await run('%load ~/at-home.ts')).payload?.[0]?.['text']), /home = 7/)
    await run('%run ~/at-home.ts')
    await run('%cd ~')
    assert.equal(process.cwd(), folder)
  } finally {
    process.env[name] = home
  }
})

test('a command that a signal ends has the exit code that shells give it', {
  skip: isWindows,
}, async () => {
  await run('!kill -SEGV $$')
  await run('_exit_code')
  assert.equal(lastResult(), '139')
})

test('where the working folder was removed, cells still run, and can leave', {
  skip: isWindows,
}, async () => {
  process.chdir(mkdtempSync(join(folder, 'gone-')))
  rmSync(process.cwd(), { recursive: true })
  await run('6 * 7')
  assert.equal(lastResult(), '42')
  await run("require('node:child_process').execSync('echo on', { encoding: 'utf8' })")
  assert.equal(lastResult(), "'on\\n'")
  const { matches } = await evaluator.complete({ code: 'proc', cursorPos: 4 })
  assert.ok(matches.includes('process'))
  await run(`%cd ${folder}`)
  assert.equal(process.cwd(), folder)
})

test('%%writefile writes, %load brings it back as the next cell', async () => {
  await run('%%writefile made.ts\nconst a = 1')
  await run('%%writefile -a made.ts\nconst b = 2')
  assert.equal(readFileSync(join(folder, 'made.ts'), 'utf8'), 'const a = 1\nconst b = 2\n')
  assert.equal(printed.stdout, 'Writing made.ts\nAppending to made.ts\n')
  const { payload } = await run('%load made.ts')
  const text = '// %load made.ts\nconst a = 1\nconst b = 2\n'
  assert.deepEqual(payload, [{ source: 'set_next_input', text, replace: true }])
  assert.equal((await run('1')).payload, undefined)
})

test('%history prints cells, with numbers and values if asked', async () => {
  const { executionCount } = await run('40 + 2')
  await run(`%history -n -o ${executionCount}`)
  assert.equal(printed.stdout, `${executionCount}: 40 + 2\n42\n`)
})

test('%%script gives the cell to a program, and fails when that does', async () => {
  await run(`%%script "${process.execPath.replaceAll('\\', '\\\\')}" -\nconsole.log(1 + 1)`)
  assert.equal(printed.stdout, '2\n')
  const failed = await fails(
    `%%script "${process.execPath.replaceAll('\\', '\\\\')}" -\nprocess.exit(3)`,
  )
  assert.match(failed, /ended with exit code 3/)
  assert.match(
    await fails('%%script no-such-program\nx'),
    /the program 'no-such-program' was not found/,
  )
})

test('an interrupt ends a command and what it started', async () => {
  const started = new Promise<void>((resolve) => {
    onPrint = () => {
      if (printed.stdout.includes('up')) resolve()
    }
  })
  const alive = join(folder, 'alive')
  const code = `require('fs').writeFileSync('alive', String(process.pid)); console.log('up'); setTimeout(() => {}, 60000)`
  const running = execute(`!${command(code)}`)
  await started
  evaluator.interrupt()
  const outcome = await running
  assert.ok(outcome.status === 'error' && outcome.ename === 'KeyboardInterrupt')
  assert.ok(existsSync(alive))
  const pid = Number(readFileSync(alive, 'utf8'))
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('%%html and its like show the cell in a form of its own', async () => {
  await run('%%html\n<b>x</b>')
  assert.deepEqual(displayed, [{ 'text/html': '<b>x</b>', 'text/plain': '<b>x</b>' }])
})

test('a name with a question mark is explained, a magic with its usage', async () => {
  await run('/** Twice. */\nfunction twice(x: number) { return 2 * x }')
  await run('twice?')
  assert.match(printed.stdout, /^Signature: twice\(x: number\)\nType: function\nDocstring: Twice\./)
  printed.stdout = ''
  await run('%cd?')
  assert.match(printed.stdout, /^%cd \[FOLDER\]\n/)
  printed.stdout = ''
  await run('nobody?')
  assert.equal(printed.stdout, 'Object `nobody` not found.\n')
})

test('%lsmagic lists the magics', async () => {
  await run('%lsmagic')
  assert.match(printed.stdout, /^Available line magics:\n%cd .*\n\nAvailable cell magics:\n%%bash /)
})

test('a mistyped magic is an error of one line', async () => {
  assert.equal(
    await fails('%timit 1'),
    'UsageError: Line magic function `%timit` not found. Did you mean %timeit? %lsmagic shows all of them.',
  )
})

test('magics, their options and their paths are completed', async () => {
  const complete = async (code: string) =>
    (await evaluator.complete({ code, cursorPos: code.length })).matches
  assert.deepEqual(await complete('%who'), ['%who', '%whos'])
  assert.deepEqual(await complete('%%ti'), ['%%time', '%%timeit'])
  assert.deepEqual(await complete('%%writefile --a'), ['--append'])
  mkdirSync(join(folder, 'folder'), { recursive: true })
  writeFileSync(join(folder, 'folder.txt'), '')
  assert.deepEqual(await complete('%cd fol'), ['folder/'])
  assert.deepEqual(await complete('%run fol'), ['folder/', 'folder.txt'])
})

test('In has cells as they were typed', async () => {
  const { executionCount } = await run('%pwd')
  await run(`In[${executionCount}]`)
  assert.equal(lastResult(), "'%pwd'")
})
