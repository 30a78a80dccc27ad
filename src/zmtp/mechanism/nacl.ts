import loadSodium, { type Sodium } from 'libsodium-sumo'
import { assert, equalConstantTime } from '../../base/mod.ts'
import { SlabMemory } from './slab-memory.ts'

/** Bytes of every key: secret, public, shared. */
export const keyBytes = 32

/** Bytes by which a box is longer than what is in it. */
export const boxBytes = 16

/** Bytes of every nonce of a box. */
const nonceBytes = 24

/** Bytes before the text of a `sealFrame`: the caller's head, then the tag. */
const textAt = 32
const headBytes = 16
const tagBytes = 16

/**
 * Bytes that go through the library's memory at once: that memory grows with what it holds, and
 * never shrinks. A multiple of the cipher's 64.
 */
const chunkBytes = 65_536

/** A nonce of 24 bytes in two parts: one that stays for a connection, and a counter. */
export interface Counter {
  readonly high: number
  readonly low: number
}

/**
 * NaCl's boxes, as CURVE needs them, with the primitives of libsodium compiled to WebAssembly.
 * Every call is synchronous, and the library's memory does not grow with what is sealed.
 */
export class Nacl {
  readonly #sodium: Sodium
  readonly #buffer: number
  readonly #text: number
  // Two, for what was opened is the program's, to be passed on with all of its memory.
  readonly #sealed = new SlabMemory()
  readonly #opened = new SlabMemory()
  readonly #key: number
  readonly #other: number
  readonly #nonce: number
  readonly #tag: number
  readonly #state: number

  static async load(): Promise<Nacl> {
    return new Nacl(await loadSodium())
  }

  private constructor(sodium: Sodium) {
    this.#sodium = sodium
    this.#buffer = sodium._malloc(chunkBytes)
    this.#text = sodium._malloc(chunkBytes)
    this.#key = sodium._malloc(keyBytes)
    this.#other = sodium._malloc(keyBytes)
    this.#nonce = sodium._malloc(nonceBytes)
    this.#tag = sodium._malloc(tagBytes)
    this.#state = sodium._malloc(sodium._crypto_onetimeauth_poly1305_statebytes())
  }

  /** The public key of a secret one, which is any 32 random bytes. */
  publicKeyOf(secretKey: Uint8Array): Uint8Array {
    this.#set(this.#key, secretKey)
    this.#sodium._crypto_scalarmult_base(this.#buffer, this.#key)
    return this.#take(this.#buffer, keyBytes)
  }

  /**
   * What one's secret and the other's public key make on both sides: the key for `seal` and
   * `open`. `undefined` for a public key that would make the same with every secret.
   */
  sharedKey(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
    this.#set(this.#key, secretKey)
    this.#set(this.#other, publicKey)
    const outcome = this.#sodium._crypto_box_curve25519xsalsa20poly1305_beforenm(
      this.#buffer,
      this.#other,
      this.#key,
    )
    return outcome === 0 ? this.#take(this.#buffer, keyBytes) : undefined
  }

  /** A box around `text`, which has up to a command's bytes. Use a `nonce` once with a `key`. */
  seal(key: Uint8Array, nonce: Uint8Array, text: Uint8Array): Uint8Array {
    assert(text.length + boxBytes <= chunkBytes, 'a text for a box of this kind is short')
    const at = this.#buffer
    this.#set(this.#key, key)
    this.#set(this.#nonce, nonce)
    this.#set(at, text)
    this.#sodium._crypto_secretbox_easy(at, at, text.length, 0, this.#nonce, this.#key)
    return this.#take(at, text.length + boxBytes)
  }

  /** What is in the box; `undefined` when it was not made with this key and nonce. */
  open(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
    if (box.length < boxBytes || box.length > chunkBytes) return undefined
    const at = this.#buffer
    this.#set(this.#key, key)
    this.#set(this.#nonce, nonce)
    this.#set(at, box)
    const sodium = this.#sodium
    const outcome = sodium._crypto_secretbox_open_easy(
      at,
      at,
      box.length,
      0,
      this.#nonce,
      this.#key,
    )
    return outcome === 0 ? this.#take(at, box.length - boxBytes) : undefined
  }

  /** The part of sealing that is the same for all nonces that begin with these 16 bytes. */
  frameKey(key: Uint8Array, nonceStart: Uint8Array): Uint8Array {
    this.#set(this.#key, key)
    this.#set(this.#nonce, nonceStart)
    this.#sodium._crypto_core_hsalsa20(this.#buffer, this.#nonce, this.#key, 0)
    return this.#take(this.#buffer, keyBytes)
  }

  /**
   * As `seal` of `first` and `body`, with a `frameKey` and the end of the nonce. Before the box
   * there are 16 bytes for the caller to fill. The body is copied once, into the result.
   */
  sealFrame(frameKey: Uint8Array, nonceEnd: Counter, first: number, body: Uint8Array): Uint8Array {
    const sodium = this.#sodium
    const heap = sodium.HEAPU8
    const at = this.#buffer
    const total = textAt + 1 + body.length
    const out = this.#sealed.take(total)
    this.#set(this.#key, frameKey)
    this.#setCounter(heap, nonceEnd)
    // The cipher's first 32 bytes are the key of the tag, and no text goes there.
    heap.fill(0, at, at + textAt)
    heap[at + textAt] = first
    let begin = textAt + 1
    for (let done = 0; done < total; done += chunkBytes) {
      const size = Math.min(chunkBytes, total - done)
      const from = done + begin - textAt - 1
      heap.set(body.subarray(from, from + size - begin), at + begin)
      const block = done / 64
      sodium._crypto_stream_salsa20_xor_ic(at, at, size, 0, this.#nonce, block, 0, this.#key)
      this.#authenticate(done, at, size, total, at)
      out.set(heap.subarray(at, at + size), done)
      begin = 0
    }
    out.fill(0, 0, headBytes)
    out.set(heap.subarray(this.#tag, this.#tag + tagBytes), headBytes)
    return out
  }

  /** The inverse of `sealFrame`: `undefined` when the frame was not made with this key and nonce. */
  openFrame(
    frameKey: Uint8Array,
    nonceEnd: Counter,
    frame: Uint8Array,
  ): { first: number; body: Uint8Array } | undefined {
    const sodium = this.#sodium
    const heap = sodium.HEAPU8
    const at = this.#buffer
    const to = this.#text
    const total = frame.length
    if (total < textAt + 1) return undefined
    const body = this.#opened.take(total - textAt - 1)
    this.#set(this.#key, frameKey)
    this.#setCounter(heap, nonceEnd)
    let first = 0
    let begin = textAt + 1
    for (let done = 0; done < total; done += chunkBytes) {
      const size = Math.min(chunkBytes, total - done)
      heap.set(frame.subarray(done, done + size), at)
      if (done === 0) heap.fill(0, at, at + textAt)
      const block = done / 64
      sodium._crypto_stream_salsa20_xor_ic(to, at, size, 0, this.#nonce, block, 0, this.#key)
      this.#authenticate(done, at, size, total, to)
      if (done === 0) first = heap[to + textAt]!
      body.set(heap.subarray(to + begin, to + size), done + begin - textAt - 1)
      begin = 0
    }
    const tag = heap.subarray(this.#tag, this.#tag + tagBytes)
    const claimed = frame.subarray(headBytes, headBytes + tagBytes)
    return equalConstantTime(tag, claimed) ? { first, body } : undefined
  }

  /** Takes the chunk at `at` into the tag, which is there after the last one. */
  #authenticate(done: number, at: number, size: number, total: number, key: number): void {
    const sodium = this.#sodium
    if (size === total) {
      sodium._crypto_onetimeauth_poly1305(this.#tag, at + textAt, size - textAt, 0, key)
      return
    }
    if (done === 0) {
      sodium._crypto_onetimeauth_poly1305_init(this.#state, key)
      sodium._crypto_onetimeauth_poly1305_update(this.#state, at + textAt, size - textAt, 0)
    } else {
      sodium._crypto_onetimeauth_poly1305_update(this.#state, at, size, 0)
    }
    if (done + size === total) sodium._crypto_onetimeauth_poly1305_final(this.#state, this.#tag)
  }

  #set(at: number, bytes: Uint8Array): void {
    this.#sodium.HEAPU8.set(bytes, at)
  }

  #take(at: number, length: number): Uint8Array {
    return this.#sodium.HEAPU8.slice(at, at + length)
  }

  #setCounter(heap: Uint8Array, { high, low }: Counter): void {
    const at = this.#nonce
    for (let i = 0; i < 4; i++) {
      heap[at + i] = high >>> (24 - 8 * i)
      heap[at + 4 + i] = low >>> (24 - 8 * i)
    }
  }
}
