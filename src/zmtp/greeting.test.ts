import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGreeting, encodeGreeting, greetingFault } from './greeting.ts'

const greeting = { major: 3, minor: 1, mechanism: 'NULL', asServer: false }

test('a greeting is what libzmq sends', () => {
  const hex = Buffer.from(encodeGreeting(greeting)).toString('hex')
  const filler = '00'.repeat(16 + 1 + 31)
  assert.equal(hex, `ff00000000000000007f03014e554c4c${filler}`)
})

test('a greeting says again what was written', () => {
  const secure = { major: 3, minor: 0, mechanism: 'CURVE', asServer: true }
  assert.deepEqual(decodeGreeting(encodeGreeting(secure)), secure)
})

test('no beginning of a good greeting is a fault, whatever its padding', () => {
  const bytes = encodeGreeting(greeting)
  bytes.fill(0xaa, 1, 9)
  for (let end = 0; end <= bytes.length; end++) {
    assert.equal(greetingFault(bytes.subarray(0, end)), undefined)
  }
})

test('a newer version is good', () => {
  assert.equal(greetingFault(encodeGreeting({ ...greeting, major: 4 })), undefined)
})

for (const [what, bytes, fault] of [
  ['HTTP', Buffer.from('GET / HTTP/1.1'), 'not a ZMTP greeting'],
  ['ZMTP 1.0', [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0], 'ZMTP 1.0 is not supported'],
  ['ZMTP 1.0 by its number', [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0], 'ZMTP 1.0 is not supported'],
  ['ZMTP 2.0', [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1], 'ZMTP 2.0 is not supported'],
  [
    'a 2 that nobody has said',
    [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 2],
    'ZMTP 2.0 is not supported',
  ],
] as const) {
  test(`${what} is refused as soon as it shows`, () => {
    assert.equal(greetingFault(Uint8Array.from(bytes)), fault)
  })
}
