import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCell } from './parse-cell.ts'
import { type RewrittenCell, rewriteCell } from './rewrite-cell.ts'

function rewrite(source: string): RewrittenCell {
  return rewriteCell(parseCell(source, 'cell'))
}

/** Pieces of a cell that declare, import, export, await; each can follow any other. */
const statements = [
  'let a: number = 1',
  'const { b, c: [d] } = { b: 1, c: [2] }',
  'var e',
  'class F<T> {\n  x?: T\n  static y = 1\n}',
  'function g(n: number): number {\n  return n\n}',
  'async function* h() {\n  yield await 1\n}',
  'enum I {\n  A = 1,\n  B,\n}',
  'interface J {\n  x: number\n}',
  "import k, {\n  l as m,\n} from 'node:fs'",
  "import 'node:os'",
  "import type { N } from './n.js'",
  'export const o = 1 as const',
  "export { p } from 'node:fs'",
  'await 1',
  'for (var q = 0; q < 3; q++) {\n  var r = q\n}',
  'if (a) {\n  var { s } = { s: 1 }\n}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  '`a\n${b}\nc`',
  '/* a\n comment */',
  '// another',
  'a!\n  .toFixed()',
  '\r\n',
  'throw new Error(h satisfies unknown)',
]

test('rewriting keeps every line where it was', () => {
  fc.assert(
    fc.property(fc.subarray(statements), fc.nat(), (chosen, seed) => {
      const pieces = chosen.toSorted((x, y) => ((x.length * seed) % 7) - ((y.length * seed) % 7))
      // A line of its own that nothing touches, between every two.
      const source = `${pieces.map((piece, i) => `${piece}\n;MARK${i}`).join('\n')}\n;0`
      const { text } = rewrite(source)
      const lineOf = (line: string) => /MARK\d+/.exec(line)?.[0]
      const expected = source.split('\n').map(lineOf)
      assert.deepEqual(text.split('\n').slice(0, expected.length).map(lineOf), expected)
    }),
    { numRuns: 300 },
  )
})

test('what a cell declares is assigned instead', () => {
  const { text, declared } = rewrite('let a = 1, b\nconst { c } = d')
  assert.equal(text, ';   a = 1, b = void 0;\n;(    { c } = d)')
  assert.deepEqual(declared, ['a', 'b', 'c'])
})

test('a declaration in a block stays one', () => {
  const { text, declared } = rewrite('{ let a = 1; const b = 2 } for (let c of d);')
  assert.equal(text, '{ let a = 1; const b = 2 } for (let c of d);')
  assert.deepEqual(declared, [])
})

test('a var in a block is declared at the top', () => {
  const { variables } = rewrite('if (x) { var a = 1 }\nfor (var [b] of c);')
  assert.deepEqual(variables, ['a', 'b'])
})

test('a var in a function stays there', () => {
  const { variables } = rewrite(
    '(function () { var a = 1 }); () => { var b }; (class { static { var c } })',
  )
  assert.deepEqual(variables, [])
})

test('a function is hoisted with its text and its place', () => {
  const { functions, text } = rewrite('f()\n  function f(a) {\n  return a }')
  assert.deepEqual(functions, [
    { name: 'f', text: '(function f(a) {\n  return a })', lineOffset: 1, columnOffset: 1 },
  ])
  assert.equal(text.trimEnd(), 'f()\n  ;')
})

test('a cell without await runs at once', () => {
  assert.equal(rewrite('async function f() { await 1 }; () => import("x")').isAsync, false)
})

for (const source of [
  'await 1',
  'x = [await 1]',
  'for await (const a of b);',
  'if (a) { for (;;) await c }',
  'let a = await b',
  'class A extends (await b) {}',
  "import 'x'",
]) {
  test(`a cell with '${source}' is awaited`, () => {
    assert.equal(rewrite(source).isAsync, true)
  })
}

for (const [source, expected] of [
  ['1', true],
  ['1;', true],
  ['let a = 1', false],
  ['1\nfunction f() {}', false],
  ['if (a) 1', false],
  ['', false],
  ['export default 1', true],
  ['export default class A {}', false],
  ["'use strict'", true],
] as const) {
  test(`'${source}' ${expected ? 'has a value' : 'has no value'}`, () => {
    assert.equal(rewrite(source).hasValue, expected)
  })
}

test('a statement without a semicolon does not run into the next', () => {
  assert.equal(rewrite('f()\nlet [a] = b').text, 'f()\n;   [a] = b')
  assert.equal(rewrite('class A {}\n(b)').text, ';A=class A {};\n(b)')
})
