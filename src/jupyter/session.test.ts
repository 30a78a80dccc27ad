import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Random, type SignerFactory, text, utf8 } from '../base/mod.ts'
import { isoDate, Session, SignatureError } from './mod.ts'

const random: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  float: () => Math.random(),
}
const makeSigner: SignerFactory = (scheme, key) => ({
  sign: (parts) => {
    const hmac = createHmac(scheme.replace('hmac-', ''), key)
    for (const part of parts) hmac.update(part)
    return utf8(hmac.digest('hex'))
  },
})
const clock = {
  now: () => Date.parse('2026-01-31T12:00:00.250Z') + 0.75,
  monotonicMs: () => 0,
  setTimer: () => ({ cancel() {} }),
  afterTurn() {},
}
const open = (key = 'secret') => new Session({ key, makeSigner, clock, random })

test('a message comes out as it went in', () => {
  const from = open()
  const frames = from.pack('apply_request', {
    idents: [utf8('engine-7')],
    content: { silent: true, text: 'µ ✓' },
    metadata: { retries: 2 },
    buffers: [Uint8Array.of(1, 2), new Uint8Array(0)],
  })
  const message = open().unpack(frames)
  assert.equal(message.header.msgType, 'apply_request')
  assert.equal(message.header.session, from.id)
  assert.equal(message.header.date, '2026-01-31T12:00:00.250000Z')
  assert.equal(message.parent, undefined)
  assert.deepEqual(message.content, { silent: true, text: 'µ ✓' })
  assert.deepEqual(message.metadata, { retries: 2 })
  assert.deepEqual(message.idents.map(text), ['engine-7'])
  assert.deepEqual(message.buffers, [Uint8Array.of(1, 2), new Uint8Array(0)])
})

test('a reply carries the header of its request byte for byte', () => {
  const request = open().unpack(open().pack('execute_request'))
  const reply = open().unpack(open().pack('execute_reply', { parent: request }))
  assert.deepEqual(reply.frames.parentHeader, request.frames.header)
  assert.equal(reply.parent?.msgId, request.header.msgId)
})

test('a message signed with another key is refused', () => {
  const frames = open('mine').pack('execute_request')
  assert.throws(() => open('yours').unpack(frames), { reason: 'wrong' })
})

test('an unsigned message is refused where a key is set', () => {
  const frames = open('').pack('execute_request')
  assert.equal(frames[1]?.length, 0)
  assert.throws(() => open().unpack(frames), { reason: 'missing' })
})

test('with an empty key nothing is signed and nothing is checked', () => {
  const message = open('').unpack(open('').pack('execute_request'))
  assert.equal(message.header.msgType, 'execute_request')
})

test('without a key, too, the same message is refused the second time, and no other', () => {
  const from = open('')
  const session = open('')
  const all = Array.from({ length: 3_000 }, () => from.pack('execute_request'))
  for (const frames of all) session.unpack(frames)
  for (const frames of all) assert.throws(() => session.unpack(frames), { reason: 'replayed' })
})

test('without a key, too, a message that is passed on anew is another one', () => {
  const relay = open('')
  const session = open('')
  const message = open('').unpack(open('').pack('apply_request', { metadata: { repeat: 1 } }))
  session.unpack(relay.repack(message, { metadata: { repeat: 1 } }))
  session.unpack(relay.repack(message, { metadata: { repeat: 2 } }))
  assert.throws(() => session.unpack(relay.repack(message, { metadata: { repeat: 2 } })), {
    reason: 'replayed',
  })
})

test('the same message is refused the second time', () => {
  const session = open()
  const frames = open().pack('execute_request')
  session.unpack(frames)
  assert.throws(
    () => session.unpack(frames),
    (error) => error instanceof SignatureError && error.reason === 'replayed',
  )
})

test('who made a message is beyond doubt when it is signed, new, and readable', () => {
  const session = open()
  const from = open()
  const frames = from.pack('execute_request', { idents: [utf8('route')] })
  assert.equal(text(session.senderOf(frames)!), from.id)
  session.unpack(frames)
  assert.equal(session.senderOf(frames), undefined, 'replayed')
  assert.equal(session.senderOf(open('other').pack('execute_request')), undefined)
  assert.equal(session.senderOf(open('').pack('execute_request')), undefined)
  assert.equal(session.senderOf(frames.slice(0, 4)), undefined)
  assert.equal(session.senderOf([]), undefined)
  const [, signature] = new Session({ key: 'secret', makeSigner, clock, random }).pack('x')
  assert.equal(session.senderOf([utf8('<IDS|MSG>'), signature!, ...frames.slice(3)]), undefined)
})

for (const part of ['header', 'parent header', 'metadata', 'content']) {
  test(`a change of one byte in the ${part} is noticed`, () => {
    const frames = open().pack('apply_request', { content: { a: 1 } })
    const at = 2 + ['header', 'parent header', 'metadata', 'content'].indexOf(part)
    const changed = frames[at]!.slice()
    changed[0]! ^= 1
    assert.throws(() => open().unpack(frames.with(at, changed)), { reason: 'wrong' })
  })
}

test('repacking changes the metadata, keeps the header, and signs anew', () => {
  const message = open().unpack(open().pack('apply_request', { metadata: { retries: 2 } }))
  const again = open().unpack(open().repack(message, { metadata: { retries: 1 } }))
  assert.deepEqual(again.metadata, { retries: 1 })
  assert.deepEqual(again.header, message.header)
})

test('a message larger than the scratch memory is signed like any other', () => {
  const long = 'é'.repeat(300_000)
  const message = open().unpack(open().pack('execute_request', { content: { code: long } }))
  assert.equal(message.content['code'], long)
})

test('ids of one session differ', () => {
  const session = open()
  const ids = new Set(Array.from({ length: 1000 }, () => session.newHeader('x').msgId))
  assert.equal(ids.size, 1000)
})

test('frames that are no message are refused with our own errors only', () => {
  const session = open('')
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array(),
          fc.constantFrom(...['<IDS|MSG>', '{}', '[]', '{"msg_id":1}', ''].map(utf8)),
        ),
        { maxLength: 9 },
      ),
      (frames) => {
        try {
          session.unpack(frames)
        } catch (error) {
          assert.match((error as { code?: string }).code ?? '', /^IPAR_/)
        }
      },
    ),
  )
})

test('dates have microseconds, as Python writes them', () => {
  assert.equal(isoDate(0), '1970-01-01T00:00:00.000000Z')
  assert.equal(isoDate(1.5), '1970-01-01T00:00:00.001500Z')
})
