import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FunctionDeclaration, parse, type VariableDeclaration } from 'acorn'
import { boundNames, mentionsItself, walk } from './syntax-tree.ts'

function parsed(source: string) {
  return parse(source, { ecmaVersion: 'latest' })
}

test('every name of a nested pattern is found', () => {
  const [declaration] = parsed('let { a, b: [c, , ...d], e = 1, ...f } = x').body
  const { id } = (declaration as VariableDeclaration).declarations[0]!
  assert.deepEqual(boundNames(id), ['a', 'c', 'd', 'e', 'f'])
})

test('a walk comes by every node, in order', () => {
  const seen: string[] = []
  walk(parsed('f(1, [2])'), (node) => {
    if (node.type === 'Literal') seen.push(String(node.value))
    return true
  })
  assert.deepEqual(seen, ['1', '2'])
})

test('a walk does not go where it is told not to', () => {
  let literals = 0
  walk(parsed('1; (() => 2)'), (node) => {
    if (node.type === 'Literal') literals++
    return node.type !== 'ArrowFunctionExpression'
  })
  assert.equal(literals, 1)
})

for (const [source, expected] of [
  ['function f() { f = 1 }', true],
  ['function f() { if (x) { f++ } }', true],
  ['function f(n) { return n && f(n - 1) }', true],
  ['function f() { g = 1 }', false],
] as const) {
  test(`${source} ${expected ? 'mentions' : 'does not mention'} itself`, () => {
    const [fn] = parsed(source).body
    assert.equal(mentionsItself(fn as FunctionDeclaration, 'f'), expected)
  })
}
