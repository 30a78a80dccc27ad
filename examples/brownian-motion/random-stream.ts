import { makeZiggurat, tailStart } from './ziggurat.ts'

// Constants of this module rather than imports: the optimiser knows that they never change.
const { heights, scales, limits } = makeZiggurat()

/**
 * Polynomials that move the state of xoshiro128 by 2^64 and by 2^96 numbers at once.
 * Source: https://prng.di.unimi.it/xoshiro128plusplus.c (Blackman and Vigna, public domain).
 */
const jumpBy2To64: readonly number[] = [0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b]
const jumpBy2To96: readonly number[] = [0xb523952e, 0x0b6f099f, 0xccf5a0ef, 0x1c580662]

/** A bijection of 32-bit integers that changes half of the bits for each bit of its input. */
function scramble(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * A stream of random numbers that depends on nothing but its key (seed, id): xoshiro128++ with a
 * ziggurat for normals.
 *
 * Why this generator: its 32-bit additions, shifts and rotations are what JavaScript does fast
 * (Philox and PCG need 64-bit products), it passes BigCrush, and it can jump. All ids of a seed are
 * 2^96 numbers apart on one cycle of 2^128 - 1, so their streams provably never overlap, where
 * generators without a jump can only call an overlap improbable.
 */
export class RandomStream {
  readonly #state: Int32Array

  /**
   * @param seed any safe integer; different seeds start at different places of the cycle
   * @param id which of the seed's independent streams, from 0; costs about 1 µs per id
   * @throws {RangeError} when one of them is not such an integer
   */
  constructor(seed: number, id = 0) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed} is not a safe integer`)
    if (!Number.isSafeInteger(id) || id < 0) throw new RangeError(`stream id ${id} is no id`)
    const low = scramble(seed | 0)
    const high = scramble(Math.floor(seed / 2 ** 32) ^ low)
    // `| 1` because the generator stands still when all its words are 0.
    this.#state = Int32Array.of(low, high, scramble(low + 1), scramble(high + 1) | 1)
    for (let i = 0; i < id; i++) this.#jump(jumpBy2To96)
  }

  /** A stream at exactly these four words: to compare with published sequences. */
  static atState(words: Int32Array): RandomStream {
    const stream = new RandomStream(0)
    stream.#state.set(words)
    return stream
  }

  /** The four words that the next number follows from, as a copy. */
  get state(): Int32Array {
    return this.#state.slice()
  }

  /**
   * Splits this stream: answers one that goes on from here, and moves this one 2^64 numbers on.
   * Use one part per purpose, so that drawing more numbers for one leaves the others as they are.
   */
  split(): RandomStream {
    const part = RandomStream.atState(this.#state)
    this.#jump(jumpBy2To64)
    return part
  }

  /** 32 random bits as a signed integer. */
  nextInt32(): number {
    const state = this.#state
    const a = state[0]!
    const b = state[1]!
    const c = state[2]! ^ a
    const d = state[3]! ^ b
    const sum = (a + state[3]!) | 0
    state[0] = a ^ d
    state[1] = b ^ c
    state[2] = c ^ (b << 9)
    state[3] = (d << 11) | (d >>> 21)
    return (((sum << 7) | (sum >>> 25)) + a) | 0
  }

  /** Fills `words` with what `nextInt32` would give; 2 ns each, five times as fast. */
  fillWords(words: Int32Array): void {
    const state = this.#state
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    let d = state[3]!
    for (let i = 0; i < words.length; i++) {
      const sum = (a + d) | 0
      words[i] = (((sum << 7) | (sum >>> 25)) + a) | 0
      const shifted = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= shifted
      d = (d << 11) | (d >>> 21)
    }
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = d
  }

  /** Uniform in [0, 1), with all the 53 bits that a number has. */
  uniform(): number {
    const high = this.nextInt32() >>> 5
    const low = this.nextInt32() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  /** Exponentially distributed with mean 1: the wait of a Poisson process of rate 1. */
  exponential(): number {
    return -Math.log(1 - this.uniform())
  }

  /**
   * The standard normal that 32 random bits give; in 1.5 % of the cases they do not decide it, and
   * the stream is asked for more.
   */
  normalFrom(word: number): number {
    const layer = word & 255
    const position = (word >> 7) | 1
    const x = position * scales[layer]!
    // The unary plus promises a number to the optimiser. A call that is rarely made is not inlined,
    // so its result might be anything, and every `x` would be put on the heap: twice the time.
    return Math.abs(position) < limits[layer]! ? x : +this.#outsideRectangle(x, layer)
  }

  #outsideRectangle(x: number, layer: number): number {
    if (layer === 0) return x > 0 ? this.#tail() : -this.#tail()
    const floor = heights[layer]!
    const roof = heights[layer + 1]!
    if (floor + this.uniform() * (roof - floor) < Math.exp(-0.5 * x * x)) return x
    return this.normalFrom(this.nextInt32())
  }

  /** A normal beyond `tailStart`. Source: Marsaglia, Technometrics 6 (1964) 101. */
  #tail(): number {
    for (;;) {
      const beyond = this.exponential() / tailStart
      if (2 * this.exponential() > beyond * beyond) return tailStart + beyond
    }
  }

  #jump(polynomial: readonly number[]): void {
    const sum = new Int32Array(4)
    for (const word of polynomial) {
      for (let bit = 0; bit < 32; bit++) {
        if ((word >>> bit) & 1) for (let i = 0; i < 4; i++) sum[i]! ^= this.#state[i]!
        this.nextInt32()
      }
    }
    this.#state.set(sum)
  }
}
