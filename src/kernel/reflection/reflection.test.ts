import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, test } from 'node:test'
import { NodeEvaluator } from '../evaluator.ts'
import type { OutputStreams } from '../stdio.ts'

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const streams = { stdout: sink(), stderr: sink() } as unknown as OutputStreams
const evaluator = new NodeEvaluator({ streams })
const folder = mkdtempSync(join(tmpdir(), 'iparallel-reflection-'))
const before = process.cwd()
after(() => {
  evaluator[Symbol.dispose]()
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

async function run(code: string, silent = false): Promise<void> {
  const request = { code, silent, storeHistory: true, userExpressions: {} }
  const nowhere = () => {}
  const outcome = await evaluator.execute(request, {
    stream: nowhere,
    executeInput: nowhere,
    executeResult: nowhere,
    display: nowhere,
    clearOutput: nowhere,
    input: async () => '',
  })
  if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
}

/** `|` is where the cursor stands. */
function place(marked: string): { code: string; cursorPos: number } {
  const cursorPos = marked.indexOf('|')
  return { code: marked.replace('|', ''), cursorPos }
}

async function complete(marked: string): Promise<readonly string[]> {
  return (await evaluator.complete(place(marked))).matches
}

async function inspect(marked: string, detailLevel: 0 | 1 = 0): Promise<string> {
  const { found, data } = await evaluator.inspect({ ...place(marked), detailLevel })
  return found ? String(data['text/plain']) : 'not found'
}

await run(`
/**
 * The area of a rectangle.
 */
function area(width: number, height = width): number {
  return width * height // of the cell
}
class Animal {
  #name = 'x'
  static make(): void {}
  speak(loud: boolean): void {}
  get trap() { globalThis.sprung = true; return { inner: 1 } }
}
const rex = new Animal()
const settings = { speed: 1, 'wind-chill': 2, nested: { deep: [{ bottom: 1 }] } }
const masked = new Proxy({ a: 1 }, {
  get() { globalThis.sprung = true },
  ownKeys() { globalThis.sprung = true; return [] },
  getOwnPropertyDescriptor() { globalThis.sprung = true; return undefined },
  getPrototypeOf() { globalThis.sprung = true; return null },
})
const text = 'abc'
`)

test('names of cells come before those of the runtime, and are replaced from their start', async () => {
  const { matches, cursorStart, cursorEnd } = await evaluator.complete(place('f(se|'))
  assert.equal(matches[0], 'settings')
  assert.ok(matches.includes('setTimeout'))
  assert.deepEqual([cursorStart, cursorEnd], [2, 4])
})

test('members of an object: its own first, then those of its class, those of all last', async () => {
  assert.deepEqual((await complete('settings.|')).slice(0, 3), ['nested', 'speed', 'constructor'])
  assert.deepEqual((await complete('rex.|')).slice(0, 2), ['speak', 'trap'])
  assert.ok(!(await complete('settings.|')).includes('__proto__'))
})

test('a way through properties, indices and optional accesses is followed', async () => {
  assert.equal((await complete('settings.nested?.deep[0].|'))[0], 'bottom')
  assert.equal((await complete("settings['nested'].d|"))[0], 'deep')
  assert.deepEqual(await complete('(settings)!.sp|'), ['speed'])
})

test('literals and what new makes have members too', async () => {
  assert.deepEqual(await complete("'abc'.padS|"), ['padStart'])
  assert.deepEqual(await complete('[1, 2].findL|'), ['findLast', 'findLastIndex'])
  assert.deepEqual(await complete('new Map([[1, 2]]).ke|'), ['keys'])
  assert.deepEqual(await complete('text.padE|'), ['padEnd'])
})

test('keys are completed in brackets, with what closes them', async () => {
  assert.deepEqual(await complete("settings['wi|"), ["wind-chill']"])
  assert.deepEqual(await complete("settings['wi|']"), ['wind-chill'])
})

test('the streams of the process have members, although it has getters for them', async () => {
  assert.deepEqual(await complete('process.stdout.cork|'), ['cork'])
  await run(`const ownGetter = Object.defineProperty({}, 'stdout', {
    get() { globalThis.sprung = true; return { cork: 1 } },
  })`)
  assert.deepEqual(await complete('ownGetter.stdout.cork|'), [])
  assert.equal((globalThis as { sprung?: boolean }).sprung, undefined)
})

test('no getter and no trap of a proxy is run', async () => {
  assert.deepEqual(await complete('rex.trap.|'), [])
  assert.deepEqual(await complete('masked.|'), [])
  assert.deepEqual(await complete('masked.a.|'), [])
  assert.match(await inspect('rex.trap|'), /Type: getter/)
  assert.match(await inspect('masked|'), /Type: Proxy/)
  assert.equal((globalThis as { sprung?: boolean }).sprung, undefined)
})

test('comments, texts and numbers are not completed', async () => {
  for (const code of ['// settings.|', '`settings.|', "'settings.|", '3.|', '/settings.|']) {
    assert.deepEqual(await complete(code), [], code)
  }
  assert.equal((await complete('`a ${settings.sp|'))[0], 'speed')
})

test('modules are completed in imports: files, packages, those of Node', async () => {
  process.chdir(folder)
  writeFileSync(join(folder, 'model.ts'), '')
  writeFileSync(join(folder, 'notes.txt'), '')
  assert.deepEqual(await complete("import { a } from './|"), ['model.ts'])
  assert.deepEqual(await complete("await import('node:fs/|"), ['node:fs/promises'])
  assert.ok((await complete("require('worker_|")).includes('worker_threads'))
})

test('a name that the cell itself declares is completed', async () => {
  assert.deepEqual(await complete('const speedLimit = 3\nspeedL|'), ['speedLimit'])
})

for (const code of [
  'const { nested: [speedLimit] } = road\nspeedL|',
  "import { speedLimit } from './road.js'\nspeedL|",
  'function drive(speedLimit: number) { speedL|',
  'roads.map((road, speedLimit) => speedL|',
  'roads.map(speedLimit => speedL|',
]) {
  test(`a name is completed that stands in a pattern or a list: ${code}`, async () => {
    assert.deepEqual(await complete(code), ['speedLimit'])
  })
}

test('a long text in the cell does not make completion slow', async () => {
  assert.deepEqual(await complete(`const speedText = '${'x'.repeat(1e6)}'\nspeedT|`), ['speedText'])
})

test('the kinds of matches are told', async () => {
  const { metadata } = await evaluator.complete(place('Anim|'))
  const [first] = metadata['_jupyter_types_experimental'] as [Record<string, unknown>]
  assert.deepEqual([first['text'], first['type'], first['start']], ['Animal', 'class', 0])
})

test('a function shows its signature and comment; its source, with types, on request', async () => {
  const brief = await inspect('area|(1)')
  assert.match(brief, /^Signature: area\(width: number, height = width\): number\nType: function\n/)
  assert.match(brief, /Docstring: The area of a rectangle\.\nFile: cell 1:5$/)
  assert.match(await inspect('area|', 1), /Source:\nfunction area\(width: number, height = width\)/)
})

test('a signature has the types that were written', async () => {
  await run(
    'async function pick<T>(from: readonly T[], at = { n: 0 }): Promise<T> { return from[at.n]! }',
  )
  const signature = (text: string) => text.split('\n')[0]
  assert.equal(
    signature(await inspect('pick|')),
    'Signature: async pick<T>(from: readonly T[], at = { n: 0 }): Promise<T>',
  )
  await run('const half = (x: number): number => x / 2')
  assert.equal(signature(await inspect('half|')), 'Signature: half(x: number): number')
})

test('within its parentheses the function that is called is meant', async () => {
  assert.match(await inspect('area(2, |'), /^Signature: area/)
  assert.match(await inspect('new Animal(|'), /^Signature: new Animal\(\)\nType: class/)
})

test('a value shows its class and itself, bounded', async () => {
  assert.match(await inspect('settings|'), /^Type: Object\nValue:\n\{\n {2}speed: 1/)
  await run('const long = Array.from({ length: 1e5 }, (_, i) => i)')
  const shown = await inspect('long|')
  assert.match(shown, /^Type: Array\(100000\)/)
  assert.ok(shown.length < 2_000)
})

test('a value is shown without its getters, wherever they hide', async () => {
  await run(`
    class Sly {
      own = 1
      get [Symbol.toStringTag]() { globalThis.sprung = true; return 'Sly' }
    }
    const sly = new Sly()
    const around = { list: [sly], label: 'x' }
    class Bad extends Error { get message() { globalThis.sprung = true; return '' } }
    const bad = new Bad()
    const tricky = { get a() { globalThis.sprung = true; return 1 } }
  `)
  assert.match(await inspect('sly|'), /^Type: Sly\nValue: \{ own \}$/)
  assert.match(await inspect('around|'), /Value: \{ list, label \}$/)
  await inspect('bad|')
  assert.match(await inspect('tricky|'), /a: \[Getter\]/)
  await evaluator.history({ accessType: 'tail', n: 9, output: true, raw: true })
  assert.equal((globalThis as { sprung?: boolean }).sprung, undefined)
})

test('what nobody knows is not found', async () => {
  assert.equal(await inspect('nobody|'), 'not found')
  assert.equal(await inspect('|'), 'not found')
})

test('the file of an imported function is read for its comment', async () => {
  process.chdir(folder)
  const path = join(folder, 'lib.mjs')
  writeFileSync(path, '\n// Twice as much.\nexport function twice(x) {\n  return 2 * x\n}\n')
  await run("import { twice } from './lib.mjs'")
  const shown = await inspect('twice|')
  assert.match(shown, /Docstring: Twice as much\.\nFile: .*lib\.mjs:3$/)
})

const cells: [code: string, status: string, indent?: string][] = [
  ['', 'complete'],
  ['1 + 1', 'complete'],
  ['const f = (x: number) => {', 'incomplete', '  '],
  ['if (x) {\n  y', 'incomplete', '  '],
  ['`abc', 'incomplete', ''],
  ['/* abc', 'incomplete', ''],
  ['"abc', 'invalid'],
  ['"abc\\', 'incomplete', ''],
  ['let a: number =', 'incomplete', ''],
  ['@decorated', 'incomplete', ''],
  ['try {\n  f()\n}', 'incomplete', ''],
  ['try {} g {}', 'invalid'],
  ['import { a } from', 'incomplete', ''],
  ['export * as', 'incomplete', ''],
  ['a as', 'incomplete', ''],
  ['!ls \\', 'incomplete', ''],
  ['x =>', 'incomplete', '  '],
  ['f)', 'invalid'],
  ['let let', 'invalid'],
  ['interface A { x: number }', 'complete'],
  ['%%bash\nls', 'incomplete', ''],
  ['%%bash\nls\n\n', 'complete'],
]
for (const [code, status, indent = ''] of cells) {
  test(`${JSON.stringify(code)} is ${status}`, async () => {
    assert.deepEqual(await evaluator.isComplete(code), { status, indent })
  })
}

test('history: the last cells, those of a range, those that match', async () => {
  await run('6 * 7')
  await run('const a = 1')
  await run('6 * 7')
  const tail = await evaluator.history({ accessType: 'tail', n: 2, output: true, raw: true })
  const [first, second] = tail.entries
  assert.deepEqual(
    [first![2], second![2]],
    [
      ['const a = 1', null],
      ['6 * 7', '42'],
    ],
  )
  const line = second![1]
  const range = { accessType: 'range', session: 0, start: line - 1, stop: line } as const
  assert.deepEqual((await evaluator.history({ ...range, output: false, raw: true })).entries, [
    [1, line - 1, 'const a = 1'],
  ])
  const search = { accessType: 'search', pattern: '6*', output: false, raw: true } as const
  const found = async (unique: boolean) =>
    (await evaluator.history({ ...search, unique })).entries.map((entry) => entry[1])
  assert.deepEqual(await found(false), [line - 2, line])
  assert.deepEqual(await found(true), [line])
})
