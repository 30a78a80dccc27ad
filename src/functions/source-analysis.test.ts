import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Analysis, analyseSource } from './source-analysis.ts'

function analysed(source: string): Analysis {
  const analysis = analyseSource(source)
  assert.ok(!('refusal' in analysis), 'refusal' in analysis ? analysis.refusal : '')
  return analysis
}

function freeNames(source: string): string[] {
  return analysed(source).free.map(({ name }) => name)
}

const sources: [source: string, free: string[]][] = [
  ['(a, { b, c: [d] }, ...e) => a + b + d + e + f', ['f']],
  ['function name(a = b, c = a) { return name(c) }', ['b']],
  ['async (x) => { for await (const y of x) await z(y) }', ['z']],
  ['() => { let a = 1; { const a = b; a } }', ['b']],
  ['() => { try { a() } catch (e) { return e.b } }', ['a']],
  ['() => { x: for (;;) break x }', []],
  ['() => ({ a, b: c, [d]: 1, e() { return f } })', ['a', 'c', 'd', 'f']],
  ['() => a.b.c[d]', ['a', 'd']],
  ['() => typeof a === b`c`', ['a', 'b']],
  ['(x) => (a = x, b++)', ['a', 'b']],
  ['() => { function a() { return b } var b; return a }', []],
  ['() => class A extends B { c = d; static e = f; [g]() { return A } }', ['B', 'd', 'f', 'g']],
  ['method(a) { return a + b }', ['b']],
  ['async *method(a) { yield b }', ['b']],
  ['get x() { return y }', ['y']],
  ['set x(v) { y = v }', ['y']],
  ['[key](a) { return b }', ['b']],
  ['"quoted name"() { return b }', ['b']],
  ['get() { return b }', ['b']],
  ['async() { return b }', ['b']],
  ['static() { return b }', ['b']],
]

for (const [source, free] of sources) {
  test(`the free names of ${source}`, () => {
    assert.deepEqual(freeNames(source).sort(), free)
  })
}

test('members are told apart as long as nothing else is done with the name', () => {
  const { free } = analysed('() => { a.x(); a["y"]; b.z; f(b); c[i] }')
  const members = Object.fromEntries(free.map(({ name, members }) => [name, members]))
  assert.deepEqual(members['a'], new Set(['x', 'y']))
  assert.deepEqual([members['b'], members['c']], [undefined, undefined])
})

test('a class loses static fields and blocks, and keeps its lines', () => {
  const source = 'class A {\n  static a = b\n  static {\n    c()\n  }\n  d() { return e }\n}'
  const { text, free } = analysed(source)
  assert.deepEqual(
    free.map(({ name }) => name),
    ['e'],
  )
  assert.doesNotMatch(text, /static/)
  assert.equal(
    text.split('\n').findIndex((line) => line.includes('d()')),
    5,
  )
})

test('a class keeps private static members, and needs their names in order to be defined', () => {
  const { text, free } = analysed('class A { static #a = b; static { A.#a = c } d() { return e } }')
  const names = (forDefinition: boolean): string[] =>
    free.filter((use) => use.isForDefinition === forDefinition).map(({ name }) => name)
  assert.match(text, /static #a = b; static \{ A\.#a = c \}/)
  assert.deepEqual([names(true), names(false)], [['b', 'c'], ['e']])
})

test('a superclass becomes a name that the source does not use', () => {
  const { text, superclassName, free } = analysed('class A extends mixin(B) { $superclass = 1 }')
  assert.equal(superclassName, '$superclass$')
  assert.match(text, /class A extends \$superclass\$ \{/)
  assert.deepEqual(free, [])
})

test('only private members of instances count as such', () => {
  const privates = (source: string): boolean => analysed(source).hasPrivateMembers
  assert.equal(privates('class A { #a = 1 }'), true)
  assert.equal(privates('class A { #a() {} }'), true)
  assert.equal(privates('class A { static #a = 1; b() { return class { #c } } }'), false)
})

const refusals: [source: string, reason: RegExp][] = [
  ['() => this', /`this` around it/],
  ['() => () => arguments', /`arguments` around it/],
  ['() => function () { return this }', /^$/],
  ['() => class { a = this; static { this.b } }', /^$/],
  ['() => class { [this.x] = 1 }', /`this` around it/],
  ['(a) => a.this.arguments', /^$/],
  ['({ arguments: a }) => a', /^$/],
  ['method() { return super.method() }', /uses `super`/],
  ['() => ({ m() { return super.m() } })', /^$/],
  ['() => import.meta.url', /import\.meta/],
  ["() => import('x')", /^$/],
  ['(x) => eval(x)', /eval/],
  ['(x) => (0, eval)(x)', /^$/],
  ['m(x) { return #a in x }', /#private/],
  ['() => class { #a; m(x) { return #a in x } }', /^$/],
  ['function () { return new.target }', /^$/],
  ['not a function at all', /not JavaScript/],
]

for (const [source, reason] of refusals) {
  const isRefused = String(reason) !== '/^$/'
  test(`${source} is ${isRefused ? 'refused' : 'accepted'}`, () => {
    const analysis = analyseSource(source)
    assert.match('refusal' in analysis ? analysis.refusal : '', reason)
  })
}
