import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayBundle, displayKey } from './display.ts'

for (const [value, text] of [
  [1, '1'],
  ['a', "'a'"],
  [null, 'null'],
  [[1, 'b'], "[ 1, 'b' ]"],
  [new Map([[1, 2]]), 'Map(1) { 1 => 2 }'],
] as const) {
  test(`${text} is shown as Node's console shows it`, () => {
    assert.deepEqual(displayBundle(value), { 'text/plain': text })
  })
}

test('a large array is not shown whole', () => {
  const { 'text/plain': text } = displayBundle(new Float64Array(1e6)) as { 'text/plain': string }
  assert.match(text, /999900 more items/)
  assert.ok(text.length < 2_000)
})

test('a value shows itself in the forms that it gives', () => {
  const value = { [displayKey]: () => ({ 'text/html': '<b>1</b>', 'application/json': { a: 1 } }) }
  assert.deepEqual(displayBundle(value), {
    'text/html': '<b>1</b>',
    'application/json': { a: 1 },
  })
})

test('a proxy that knows no other properties is shown as what it is', () => {
  const strict = new Proxy(
    { a: 1 },
    {
      get(target, name) {
        if (!(name in target)) throw new Error(`no ${String(name)}`)
        return Reflect.get(target, name) as unknown
      },
    },
  )
  assert.deepEqual(displayBundle(strict), { 'text/plain': '{ a: 1 }' })
})

test('a value may take its time to show itself', async () => {
  const value = { [displayKey]: async () => ({ 'text/plain': 'late' }) }
  assert.deepEqual(await displayBundle(value), { 'text/plain': 'late' })
})

test('a display method that gives no bundle is refused', () => {
  assert.throws(() => displayBundle({ [displayKey]: () => 'text' }), TypeError)
})

test('a value whose inspection throws is shown as such', () => {
  const value = {
    [Symbol.for('nodejs.util.inspect.custom')]() {
      throw new Error('no')
    },
  }
  assert.deepEqual(displayBundle(value), { 'text/plain': '[cannot be shown: Error: no]' })
})
