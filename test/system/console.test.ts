/** `iparallel console` as a person sees it, and as a script. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pythonWithJupyter } from '../pythons.ts'
import { ipythonDir } from './command.ts'
import { noTerminal, Screen } from './screen.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = join(root, 'dist', 'cli', 'bin', 'iparallel.js')

/** Everything that a console writes goes there. */
function environment(t: TestContext): Record<string, string> {
  const dir = ipythonDir(t)
  return { IPYTHONDIR: dir, JUPYTER_RUNTIME_DIR: join(dir, 'runtime'), TERM: 'xterm-256color' }
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs code through a pipe. */
function script(
  t: TestContext,
  code: string,
  args: readonly string[] = [],
  onOutput: (kill: () => void) => void = () => {},
): Promise<Ended> {
  const env = { ...process.env, ...environment(t) }
  const child = spawn(process.execPath, [program, 'console', ...args], { env, stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    onOutput(() => child.kill('SIGINT'))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.end(code)
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ code: exitCode, stdout, stderr }))
  })
}

test('a script through a pipe runs as a cell, and its last value is shown', async (t) => {
  const code = 'console.log(1)\nconsole.error("e")\nconst x: number = await 41\nx + 1\n'
  assert.deepEqual(await script(t, code), { code: 0, stdout: '1\n42\n', stderr: 'e\n' })
})

test('a script that fails ends with 1, and its error goes to stderr without colours', async (t) => {
  const { code, stdout, stderr } = await script(t, 'console.log(1)\nthrow new Error("boom")')
  assert.equal(code, 1)
  assert.equal(stdout, '1\n')
  assert.match(stderr, /^Error: boom\n/)
})

test('a script that ends the process decides on the exit code', async (t) => {
  const { code, stdout } = await script(t, 'console.log(1)\nprocess.exit(3)\nconsole.log(2)')
  assert.deepEqual([code, stdout], [3, '1\n'])
})

test("a script may declare names that are Node's own", async (t) => {
  const names = 'process performance URL Buffer setTimeout clearTimeout setImmediate console'
  const declared = names.split(' ').map((name) => `let ${name} = 1\n`)
  const ended = await script(t, `${declared.join('')}%time process + 1\n`)
  assert.deepEqual([ended.code, ended.stderr], [0, ''])
  assert.match(ended.stdout, /Wall time: .*\n2\n$/s)
})

test('a script that is interrupted ends with 130', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { code } = await script(t, 'console.log("on"); for (;;) {}', [], (interrupt) => interrupt())
  assert.equal(code, 130)
})

test('a wrong command line is refused with 2, an unknown kernel with the known ones', async (t) => {
  const wrong = await script(t, '', ['--kernle=x'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /kernle/)
  const unknown = await script(t, '', ['--kernel=nope'])
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /no kernel 'nope'/)
})

async function consoleScreen(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Screen> {
  const screen = await Screen.start(t, [process.execPath, program, 'console', ...args], env)
  await screen.shows(/In \[1\]:$/)
  return screen
}

test('cells of many lines are read, run, and counted', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.type('function double(x: number) {')
  await screen.press('Enter')
  await screen.shows(/\.\.\.:$/)
  await screen.type('return x * 2')
  await screen.press('Enter')
  await screen.type('}')
  await screen.press('Enter')
  await screen.shows(/In \[2\]:$/)
  await screen.type('double(21)')
  await screen.press('Enter')
  await screen.shows(/Out\[2\]: 42\nIn \[3\]:$/)
  assert.match(
    await screen.text(),
    /In \[1\]: function double\(x: number\) \{\n +\.\.\.: {3}return x \* 2\n +\.\.\.: \}\nIn/,
  )
})

test('what is pasted waits for Enter, with all of its lines', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.paste('const a = 1\nconst b = 2\na + b')
  await screen.shows(/\.\.\.: a \+ b$/)
  await screen.press('Enter')
  await screen.shows(/Out\[1\]: 3\nIn \[2\]:$/)
})

test('Tab shows what there is and goes through it', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.type('[1].fi')
  await screen.press('Tab')
  await screen.shows(/fill +find +findLast\nfilter /)
  await screen.press('Tab', 'Tab')
  await screen.shows(/In \[1\]: \[1\]\.filter\n/)
  await screen.press('Enter')
  await screen.type('(x => x)')
  await screen.press('Enter')
  await screen.shows(/In \[1\]: \[1\]\.filter\(x => x\)\nOut\[1\]: \[ 1 \]/)
})

test('Ctrl-C stops a loop, clears a line; Ctrl-D asks, leaves, and nothing stays', {
  skip: noTerminal,
}, async (t) => {
  const env = environment(t)
  const screen = await consoleScreen(t, env)
  await screen.type('console.log("on"); for (;;) {}')
  await screen.press('Enter')
  await screen.shows(/\non$/)
  await screen.press('C-d')
  await screen.shows(/\[y\/N\]$/)
  await screen.type('n')
  await screen.press('C-c')
  await screen.shows(/KeyboardInterrupt.*\nIn \[2\]:$/s)
  await screen.type('never run')
  await screen.press('C-c')
  await screen.shows(/never run\nIn \[2\]:$/)
  await screen.press('C-d')
  assert.equal(await screen.ended(), 0)
  assert.deepEqual(readdirSync(env['JUPYTER_RUNTIME_DIR']!), [])
})

test('a cell asks for a line', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.type('"hello " + (await input("name? "))')
  await screen.press('Enter')
  await screen.shows(/\nname\?$/)
  await screen.type('Ann')
  await screen.press('Enter')
  await screen.shows(/\nname\? Ann\nOut\[1\]: 'hello Ann'\nIn \[2\]:$/)
})

test('output of a timer stands above the prompt', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.type('globalThis.tick = () => console.log("tick"); setTimeout(tick, 1000); 0')
  await screen.press('Enter')
  await screen.shows(/In \[2\]:$/)
  await screen.type('typed')
  await screen.shows(/\ntick\nIn \[2\]: typed$/)
})

test('the history is there in the next session, searched and by its beginning', {
  skip: noTerminal,
}, async (t) => {
  const env = environment(t)
  const first = await consoleScreen(t, env)
  await first.type('const found = 1')
  await first.press('Enter')
  await first.shows(/In \[2\]:$/)
  await first.type('exit')
  await first.press('Enter')
  await first.ended()
  const file = join(env['IPYTHONDIR']!, 'profile_default', 'console-history-typescript.jsonl')
  assert.equal(readFileSync(file, 'utf8'), '"const found = 1"\n"exit"\n')
  const second = await consoleScreen(t, env)
  await second.press('C-r')
  await second.type('fou')
  await second.shows(/\(search: fou\) const found = 1$/)
  await second.press('C-g')
  await second.type('co')
  await second.press('Up')
  await second.shows(/In \[1\]: const found = 1$/)
})

test('a kernel of Python is used, attached to, left, and may ask for a line', {
  skip: noTerminal || pythonWithJupyter.skip,
}, async (t) => {
  const env = environment(t)
  env['JUPYTER_PATH'] = join(root, '.venv', 'share', 'jupyter')
  const screen = await consoleScreen(t, env, '--kernel=python3')
  await screen.type('shared = 5')
  await screen.press('Enter')
  await screen.shows(/In \[2\]:$/)
  const [file] = readdirSync(env['JUPYTER_RUNTIME_DIR']!)
  const argv = [process.execPath, program, 'console', '--existing', file!.slice(7, 20)]
  const other = await Screen.start(t, argv, env)
  await other.shows(/In \[2\]:$/)
  await other.type('shared + 1')
  await other.press('Enter')
  await other.shows(/Out\[2\]: 6\nIn \[3\]:$/)
  await other.press('C-d')
  assert.equal(await other.ended(), 0)
  await screen.type('"hello " + input("name? ")')
  await screen.press('Enter')
  await screen.shows(/\nname\?$/)
  await screen.type('Ann')
  await screen.press('Enter')
  await screen.shows(/Out\[3\]: 'hello Ann'/)
})

test('a kernel that dies is started again', { skip: noTerminal }, async (t) => {
  const screen = await consoleScreen(t, environment(t))
  await screen.type('process.kill(process.pid, "SIGKILL")')
  await screen.press('Enter')
  await screen.shows(/has ended: killed by SIGKILL.*\nIt was started again.*\nIn \[1\]:$/s)
})
