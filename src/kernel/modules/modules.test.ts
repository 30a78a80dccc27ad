/** Files of the user in cells and calls: each test has a folder, a kernel serves all of them. */
import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { KernelProcess } from '../kernel-process.test.ts'

let kernel: KernelProcess
let folder: string
const folders: string[] = []
before(async () => {
  kernel = await KernelProcess.start()
})
beforeEach(async () => {
  kernel.shown.length = 0
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'iparallel-modules-')))
  folders.push(folder)
  await kernel.execute(`process.chdir(${JSON.stringify(folder)})`)
})
after(async () => {
  await kernel[Symbol.asyncDispose]()
  for (const each of folders) rmSync(each, { recursive: true })
})

let writes = 0

/** With a time of its own: two writes within a tick of the clock would look like one. */
function write(name: string, text: string): void {
  const path = join(folder, name)
  writeFileSync(path, text)
  const seconds = 1_700_000_000 + ++writes
  utimesSync(path, seconds, seconds)
}

async function resultOf(code: string): Promise<string> {
  const outcome = await kernel.execute(code)
  if (outcome.status === 'error') assert.fail(outcome.traceback.join('\n'))
  const [, data] = kernel.shown.findLast(([kind]) => kind === 'result') ?? []
  return String((data as Record<string, unknown> | undefined)?.['text/plain'])
}

async function tracebackOf(code: string): Promise<string> {
  const outcome = await kernel.execute(code)
  assert.ok(outcome.status === 'error')
  return outcome.traceback.join('\n')
}

test('a file of TypeScript is imported, with enums, types and what it imports', async () => {
  write('types.ts', 'export type Kind = "a"')
  write('leaf.ts', 'export const leaf: number = 2')
  write('bare.ts', 'export const bare: number = 3')
  write(
    'model.ts',
    `import { Kind } from './types.ts'
    import { leaf } from './leaf.js'
    import { bare } from './bare'
    export enum Mode { A = 4 }
    export const product = (kind: Kind): number => leaf * bare * Mode.A`,
  )
  assert.equal(await resultOf("import { product } from './model.ts'\nproduct('a')"), '24')
  assert.equal(await resultOf("(await import('./model')).Mode.A"), '4')
})

test('a file of TypeScript is required', async () => {
  write('old.ts', 'export enum A { B = 5 }\nexport default 1 as number')
  assert.equal(await resultOf("[require('./old.ts').A.B, require('./old.ts').default]"), '[ 5, 1 ]')
})

test('a file of TypeScript is imported by a file of JavaScript', async () => {
  write('typed.ts', 'export const typed: number = 6')
  write('plain.mjs', "export { typed } from './typed.ts'")
  assert.equal(await resultOf("import { typed } from './plain.mjs'\ntyped"), '6')
})

test('a function that is applied imports files, too', async () => {
  write('applied.ts', 'export const applied: number = 7')
  const outcome = await kernel.apply("async () => (await import('./applied.ts')).applied")
  assert.deepEqual(outcome, { status: 'ok', value: 7 })
})

test('decorators and namespaces of a file are compiled', async () => {
  write(
    'decorated.ts',
    `function twice(method: () => number) { return () => 2 * method() }
    export namespace N { export class A { @twice get(): number { return 21 } } }`,
  )
  assert.equal(await resultOf("import { N } from './decorated.ts'\nnew N.A().get()"), '42')
})

test('a stack shows line and column of the file', async () => {
  write(
    'failing.ts',
    `interface A { a: number }
    type B = A
    export function fail(a: Map<string, B>, b: number) { throw new Error('failed') }`,
  )
  write(
    'failing-decorated.ts',
    `const log = (a: any) => a
    export class A {
      @log fail() { throw new Error('failed') }
    }`,
  )
  const plain = await tracebackOf("import { fail } from './failing.ts'\nfail()")
  assert.match(plain, /at fail \(.*failing\.ts:3:64\)\n\s+at cell \d+:2:1$/)
  const compiled = await tracebackOf("import { A } from './failing-decorated.ts'\nnew A().fail()")
  assert.match(compiled, /at A\.fail \(.*failing-decorated\.ts:3:27\)\n\s+at cell \d+:2:9$/)
})

test('a stack shows line and column of a file that was required, too', async () => {
  write('first-line.ts', "import 'node:fs'; export function fail(a: string) { throw new Error(a) }")
  write(
    'second-line.ts',
    `import { fail } from './first-line'
    export const f = (a: string) => { throw new Error(a, { cause: fail }) }`,
  )
  write('required-class.ts', 'const log = (a: any) => a\nexport class A { @log fail() { null.x } }')
  const first = await tracebackOf("require('./first-line').fail('failed')")
  assert.match(first, /at (?:Object\.)?fail \(.*first-line\.ts:1:59\)\n\s+at cell \d+:1:25$/)
  const second = await tracebackOf("require('./second-line.ts').f('failed')")
  assert.match(second, /at (?:Object\.)?f \(.*second-line\.ts:2:45\)\n\s+at cell \d+:1:29/)
  const compiled = await tracebackOf("new (require('./required-class.ts').A)().fail()")
  assert.match(compiled, /at A\.fail \(.*required-class\.ts:2:37\)\n\s+at cell \d+:1:42$/)
})

test('an error of syntax names the file, shows the line and points at the column', async () => {
  write('broken.ts', 'const a: number = 1\nlet b: = ;')
  const traceback = await tracebackOf("await import('./broken.ts')")
  assert.match(traceback, /broken\.ts:2\nlet b: = ;\n {7}\^\n\nSyntaxError: Unexpected token '='$/)
})

test('reload loads a file anew, and gives names of cells the new values', async () => {
  write('changing.ts', 'export const a: number = 1\nexport const f = () => a')
  await kernel.execute("import { f, f as g } from './changing.ts'\nconst kept = f")
  write('changing.ts', 'export const a: number = 2\nexport const f = () => a')
  assert.equal(await resultOf("(await import('./changing.ts')).a"), '1')
  assert.equal(await resultOf("(await reload('./changing.ts')).a"), '2')
  assert.equal(
    await resultOf("[f(), g(), kept(), (await import('./changing.ts')).a]"),
    '[ 2, 2, 1, 2 ]',
  )
})

test('a name that has been given another value is left alone by reload', async () => {
  write('named.mjs', 'export const a = 1')
  await kernel.execute("import { a } from './named.mjs'")
  await kernel.execute('a = 5')
  await kernel.execute("await reload('./named.mjs')")
  assert.equal(await resultOf('a'), '5')
})

test('reload takes along what has changed below, and only that', async () => {
  write('changed.mjs', "console.log('changed'); export const n = 1")
  write('same.mjs', "console.log('same')")
  write(
    'middle.mjs',
    "import './same.mjs'; export { n } from './changed.mjs'; console.log('middle')",
  )
  write('top.mjs', "export { n } from './middle.mjs'; import './same.mjs'")
  await kernel.execute("import { n } from './top.mjs'")
  write('changed.mjs', "console.log('changed'); export const n = 2")
  kernel.shown.length = 0
  assert.equal(await resultOf("await reload('./top.mjs'); n"), '2')
  assert.equal(kernel.text('stdout'), 'changed\nmiddle\n')
})

test('reload loads what is required, and JSON, anew', async () => {
  write('inner.cjs', 'exports.a = 1')
  write('outer.cjs', "exports.a = require('./inner.cjs').a")
  write('data.json', '{ "a": 1 }')
  await kernel.execute(
    "import outer from './outer.cjs'\nimport data from './data.json' with { type: 'json' }",
  )
  write('inner.cjs', 'exports.a = 2')
  write('data.json', '{ "a": 3 }')
  const value = await resultOf(
    "await reload('./outer.cjs'); await reload('./data.json'); [outer, data]",
  )
  assert.equal(value, '[ { a: 2 }, { a: 3 } ]')
})

test('a file that cannot be loaded anew leaves everything as it was', async () => {
  write('good.ts', 'export const a: number = 1')
  await kernel.execute("import { a } from './good.ts'")
  write('good.ts', 'export const a: number = ;')
  assert.match(await tracebackOf("await reload('./good.ts')"), /good\.ts:1\n/)
  assert.equal(await resultOf('a'), '1')
})

test('what is not there cannot be reloaded, and the error says where it was looked for', async () => {
  assert.match(await tracebackOf("await reload('./nowhere.ts')"), /there is no file .*nowhere\.ts/)
  assert.match(await tracebackOf("await reload('iparallel-no-such')"), /is no file and no package/)
})
