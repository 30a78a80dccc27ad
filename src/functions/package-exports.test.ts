import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Codec } from '../serialize/mod.ts'
import { inspectorFunctionCodec } from './mod.ts'
import { PackageExports } from './package-exports.ts'
import type { ScopeReader } from './scope-reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'iparallel-packages-'))
after(() => rmSync(folder, { recursive: true }))

const files: Readonly<Record<string, string>> = {
  'node_modules/modern/package.json': '{"name":"modern","type":"module","exports":"./lib/main.js"}',
  'node_modules/modern/lib/main.js': `
    import { offset } from './inner.js'
    export { inner } from './inner.js'
    const handle = new WeakMap()
    export const visit = (x) => x + offset + (handle.has({}) ? 1 : 0)
    export class Box { #value; constructor(v) { this.#value = v } get() { return this.#value + offset } }
    export function Old() {}
    Old.prototype.method = function () { return offset }
    export const makeAdder = (a) => (b) => a + b
    export default { visit }`,
  'node_modules/modern/lib/inner.js': `
    export let offset = 100
    const promise = Promise.resolve()
    export function inner() { return promise }
    export function hidden() { return promise && 'hidden' }`,
  'node_modules/@scope/common/package.json': '{"name":"@scope/common","main":"lib/main.js"}',
  'node_modules/@scope/common/lib/main.js': `
    const state = new WeakMap()
    function run(x) { return state.has({}) ? 0 : x * 2 }
    module.exports = { run, only: require('./only.js') }`,
  'node_modules/@scope/common/lib/only.js': `
    const state = new WeakMap()
    module.exports = function only() { return state.has({}) ? 0 : 'only' }`,
  'node_modules/lonely/package.json': '{"name":"lonely","main":"main.cjs"}',
  'node_modules/lonely/main.cjs': 'throw new Error("the main entry was loaded")',
  'node_modules/lonely/part.cjs': `
    const state = new WeakMap()
    exports.part = () => state.has({}) ? 0 : 'part'`,
  'user.mjs': `
    import { part } from 'lonely/part.cjs'
    export const lonely = () => part()
    import modern, { visit, Box, Old, makeAdder, inner } from 'modern'
    import * as everything from 'modern'
    import common from '@scope/common'
    import { hidden } from './node_modules/modern/lib/inner.js'
    export const named = () => visit(1)
    export const aDefault = () => modern.visit(2)
    export const namespace = () => everything.visit(3)
    export const aClass = () => new Box(4).get()
    export const oldClass = () => new Old().method()
    export const wholeModule = () => common.run(5)
    export const functionModule = () => common.only()
    export const unexported = () => hidden()
    export const made = makeAdder(1)
    export const direct = visit
    export const box = new Box(1)
    export const nested = { deep: [inner] }`,
}
for (const [name, text] of Object.entries(files)) {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const user = (await import(pathToFileURL(join(folder, 'user.mjs')).href)) as Record<string, unknown>
const codec = new Codec(inspectorFunctionCodec({ folder }))

function there(name: string): { value: () => unknown; bytes: string } {
  const frames = codec.encode(user[name])
  return {
    value: codec.decode(frames).value as () => unknown,
    bytes: Buffer.from(frames[0]!).toString('latin1'),
  }
}

const imported: [what: string, name: string, specifier: string, result: unknown][] = [
  ['a named import', 'named', 'modern', 101],
  ['a member of a default export', 'aDefault', 'modern', 102],
  ['a member of a namespace', 'namespace', 'modern', 103],
  ['a class with #private members', 'aClass', 'modern', 104],
  ['a class made by assigning to a prototype', 'oldClass', 'modern', 100],
  ['a CommonJS package', 'wholeModule', '@scope/common', 10],
  ['a function of a CommonJS package', 'functionModule', '@scope/common', 'only'],
  ['a function that only an inner file exports', 'unexported', 'modern/lib/inner.js', 'hidden'],
]

for (const [what, name, specifier, result] of imported) {
  test(`${what} of an installed package is imported by the receiver`, () => {
    const { value, bytes } = there(name)
    assert.equal(value(), result)
    assert.match(bytes, new RegExp(`import.${specifier}`))
    assert.doesNotMatch(bytes, /WeakMap/)
  })
}

test('a function of a package that is sent by itself is imported by the receiver', () => {
  assert.equal(there('direct').value, user['direct'])
})

test('a function of a package within data is imported by the receiver', () => {
  const arrived = codec.decode(codec.encode(user['nested'])).value as { deep: unknown[] }
  assert.equal(arrived.deep[0], (user['nested'] as { deep: unknown[] }).deep[0])
})

test('a function that a package made, and does not export, travels as source', () => {
  const { value, bytes } = there('made')
  assert.equal((value as (b: number) => unknown)(2), 3)
  assert.doesNotMatch(bytes, /modern/)
})

test('a main entry that the program did not load is not loaded', () => {
  const { value, bytes } = there('lonely')
  assert.equal(value(), 'part')
  assert.match(bytes, /lonely\/part\.cjs/)
})

test('an instance with #private members is refused, also when its class is imported', () => {
  assert.throws(() => codec.encode(user['box']), /class Box, which has #private members/)
})

test('a package that the receiver does not have is named', () => {
  const elsewhere = new Codec(inspectorFunctionCodec({ folder: tmpdir() }))
  const frames = codec.encode(user['named'])
  assert.throws(() => elsewhere.decode(frames), /modern cannot be made here: Cannot find/)
})

test('the inspector is asked once for the file of a script, however many functions it has', () => {
  let questions = 0
  const scopes: Partial<ScopeReader> = {
    runningScripts() {
      questions++
      return new Map([['7', 'file:///app/own.js']])
    },
    allScripts: () => assert.fail('all scripts were listed'),
  }
  const packages = new PackageExports(() => scopes as ScopeReader)
  for (const fn of [() => 1, () => 2]) assert.equal(packages.findFunction(fn, '7'), undefined)
  assert.equal(packages.isInternal('7'), false)
  assert.equal(questions, 1)
})
