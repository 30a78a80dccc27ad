import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from '../../base/mod.ts'
import { Nacl } from './nacl.ts'

const nacl = await Nacl.load()

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')
const bobPublic = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')

// What tweetnacl, another implementation, makes of the same input.
const ann = hex('77076d0a7318a57d3c16c17251b26645df4c2f92ebc0992ac177fba51db92c2a')
const annPublic = hex('f8a9535a2d2ff605e8e144d54f4ef5c62313a2055dbb21fddd3fd9c299eb015d')
const shared = hex('168baf85de4313ede688b2aabf410e2fc00a0f2307ff221907434ccc24484a17')
const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37')
const plain = hex(
  'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c6129' +
    '6cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde' +
    '048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
)
const box = hex(
  '7d792c182dc1b3b5b6252457ed50d1c5a83a4347c4a0b3303a3820ccf8a5b039b6e5f953a42d01be987fa5320eb0fbf7' +
    '3a76812138c19ab2e9c15335bd344bd1e0d46aac2d4c733f990a5cae01adb894871886cb29c6140c692f5bcfd42a0c3f' +
    '25c61e9c0fb8788718184cbdd2171d86d4ff91bd8483e72037e280e239ad19137d714cff7334409f88f16021f14b094e' +
    '2e17e2',
)

test('a public key belongs to its secret key (RFC 7748, 6.1)', () => {
  assert.deepEqual(nacl.publicKeyOf(bob), bobPublic)
  assert.deepEqual(nacl.publicKeyOf(ann), annPublic)
})

test('both sides make the same shared key', () => {
  assert.deepEqual(nacl.sharedKey(ann, bobPublic), shared)
  assert.deepEqual(nacl.sharedKey(bob, annPublic), shared)
})

test('a public key that has the same in common with everybody is refused', () => {
  assert.equal(nacl.sharedKey(ann, new Uint8Array(32)), undefined)
  assert.equal(nacl.sharedKey(ann, new Uint8Array(32).fill(1, 0, 1)), undefined)
})

test('a box is what other implementations make, and opens again', () => {
  assert.deepEqual(nacl.seal(shared, nonce, plain), box)
  assert.deepEqual(nacl.open(shared, nonce, box), plain)
})

test('a box that was changed does not open, nor does a piece of one', () => {
  for (let i = 0; i < box.length; i++) {
    const changed = box.slice()
    changed[i]! ^= 1
    assert.equal(nacl.open(shared, nonce, changed), undefined)
    assert.equal(nacl.open(shared, nonce, box.subarray(0, i)), undefined)
  }
  assert.equal(nacl.open(shared, nonce, new Uint8Array(100_000)), undefined)
})

const nonceStart = nonce.subarray(0, 16)
const nonceEnd = { high: 0x8219e003, low: 0x6b7a0b37 }
const frameKey = nacl.frameKey(shared, nonceStart)

test('a frame is a box with room before it', () => {
  const frame = nacl.sealFrame(frameKey, nonceEnd, plain[0]!, plain.subarray(1))
  assert.deepEqual(frame, concat([new Uint8Array(16), box]))
})

test('frames of every size around the bounds of chunks are boxes, and open again', () => {
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 65_536 - 60, max: 65_536 + 60 }),
    fc.integer({ min: 131_072 - 60, max: 131_072 + 60 }),
  )
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 255 }), (size, first) => {
      const body = Uint8Array.from({ length: size }, (_, i) => (i * 7) & 255)
      const frame = nacl.sealFrame(frameKey, nonceEnd, first, body)
      const opened = nacl.openFrame(frameKey, nonceEnd, frame)
      assert.deepEqual(opened, { first, body })
      if (size < 60_000) {
        assert.deepEqual(
          nacl.open(shared, nonce, frame.subarray(16)),
          Uint8Array.of(first, ...body),
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('a frame that was changed anywhere after its head does not open', () => {
  const body = new Uint8Array(200_000).fill(3)
  const frame = nacl.sealFrame(frameKey, nonceEnd, 1, body)
  for (const at of [16, 31, 32, 33, 65_535, 65_536, 131_071, 199_999, frame.length - 1]) {
    const changed = frame.slice()
    changed[at]! ^= 0x80
    assert.equal(nacl.openFrame(frameKey, nonceEnd, changed), undefined)
  }
  assert.equal(nacl.openFrame(frameKey, { high: 0, low: 1 }, frame), undefined)
  assert.equal(nacl.openFrame(frameKey, nonceEnd, frame.subarray(0, -1)), undefined)
  assert.equal(nacl.openFrame(frameKey, nonceEnd, frame.subarray(0, 32)), undefined)
})

test('what was opened has a buffer of its own, so that it can be passed to another thread', () => {
  const frame = nacl.sealFrame(frameKey, nonceEnd, 0, new Uint8Array(100_000))
  const { body } = nacl.openFrame(frameKey, nonceEnd, frame)!
  assert.equal(body.byteOffset, 0)
  assert.equal(body.buffer.byteLength, 100_000)
})
