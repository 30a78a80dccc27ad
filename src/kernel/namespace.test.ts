import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { isIdentifier, Namespace } from './namespace.ts'

const namespace = new Namespace()
afterEach(() => namespace.clear())

for (const name of ['a', '$', '_', 'aB1', 'µ', '漢字', 'let', 'of']) {
  test(`${name} is an identifier`, () => assert.ok(isIdentifier(name)))
}

for (const name of ['', '1a', 'a b', 'a.b', 'class', 'await', 'null', 'a\n', '💥']) {
  test(`${JSON.stringify(name)} is no identifier`, () => assert.ok(!isIdentifier(name)))
}

test('a defined name is a global', () => {
  namespace.define('someName', 1)
  assert.equal((globalThis as Record<string, unknown>)['someName'], 1)
})

test('an accessor gives way to a definition', () => {
  namespace.define('crypto', 1)
  assert.equal(namespace.read('crypto'), 1)
})

test('a name that is not there is said not to be defined', () => {
  assert.throws(() => namespace.read('nope'), { name: 'ReferenceError', message: /^nope is not/ })
})

test('an indispensable builtin is refused', () => {
  assert.throws(() => namespace.define('Promise', 1), SyntaxError)
})

test('clearing forgets new names', () => {
  namespace.define('someName', 1)
  namespace.clear()
  assert.equal(namespace.has('someName'), false)
})

test('clearing gives back what was replaced or deleted', () => {
  const { setTimeout, fetch } = globalThis
  namespace.define('setTimeout', 1)
  Reflect.deleteProperty(globalThis, 'fetch')
  namespace.clear()
  assert.equal(globalThis.setTimeout, setTimeout)
  assert.equal(globalThis.fetch, fetch)
})

test('clearing empties a name that cannot be deleted', () => {
  Object.defineProperty(globalThis, 'permanent', { value: 1, writable: true })
  namespace.clear()
  assert.equal(namespace.read('permanent'), undefined)
})

test('what is there when told to remember survives clearing', () => {
  const own = new Namespace()
  own.define('kept', 1)
  own.remember()
  own.define('kept', 2)
  own.clear()
  assert.equal(own.read('kept'), 1)
})
