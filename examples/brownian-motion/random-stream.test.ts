import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RandomStream } from './random-stream.ts'

/** `count` draws of `draw`, which the whole file judges with fixed seeds: no test can flicker. */
function sample(count: number, draw: () => number): Float64Array {
  return new Float64Array(count).map(draw)
}

function normals(random: RandomStream, count: number): Float64Array {
  return sample(count, () => random.normalFrom(random.nextInt32()))
}

/** Mean of x^power, and how many standard errors it is off `expected`. */
function momentDeviation(values: Float64Array, power: number, expected: number): number {
  let sum = 0
  let squares = 0
  for (const value of values) {
    const term = value ** power
    sum += term
    squares += term * term
  }
  const mean = sum / values.length
  const variance = squares / values.length - mean * mean
  return (mean - expected) / Math.sqrt(variance / values.length)
}

/** Chi-square of counts with equal expectation, as standard deviations from its mean. */
function chiSquareDeviation(counts: readonly number[], expected: readonly number[]): number {
  const chiSquare = counts.reduce((sum, count, i) => {
    return sum + (count - expected[i]!) ** 2 / expected[i]!
  }, 0)
  const freedom = counts.length - 1
  return (chiSquare - freedom) / Math.sqrt(2 * freedom)
}

/** Correlation of two samples in standard errors. */
function correlationDeviation(one: Float64Array, other: Float64Array): number {
  const sum = one.reduce((total, value, i) => total + value * other[i]!, 0)
  return sum / Math.sqrt(one.length)
}

function within(deviation: number, limit = 4): void {
  assert.ok(Math.abs(deviation) < limit, `${deviation.toFixed(2)} standard errors off`)
}

describe('the generator', () => {
  test('gives the published sequence of xoshiro128++', () => {
    // From the reference implementation at state 1, 2, 3, 4; rand_xoshiro tests the same numbers.
    const published = [641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732]
    const stream = RandomStream.atState(Int32Array.of(1, 2, 3, 4))
    assert.deepEqual(
      published.map(() => stream.nextInt32() >>> 0),
      published,
    )
  })

  test('fills an array with the same words that it gives one by one', () => {
    const words = new Int32Array(1000)
    const filled = new RandomStream(11, 2)
    const single = new RandomStream(11, 2)
    filled.fillWords(words)
    assert.deepEqual(
      words,
      words.map(() => single.nextInt32()),
    )
    assert.equal(filled.nextInt32(), single.nextInt32())
  })

  test('splits 2^64 numbers apart, and ids lie 2^96 numbers apart', () => {
    const start = new RandomStream(5, 0)
    const split = new RandomStream(5, 0)
    split.split()
    assert.deepEqual(split.state, afterPowerOf2(start.state, 64))
    assert.deepEqual(new RandomStream(5, 1).state, afterPowerOf2(start.state, 96))
    assert.deepEqual(new RandomStream(5, 2).state, afterPowerOf2(start.state, 97))
  })

  test('a split goes on where the stream was', () => {
    const stream = new RandomStream(9, 1)
    const same = new RandomStream(9, 1)
    assert.equal(stream.split().nextInt32(), same.nextInt32())
  })

  test('starts elsewhere for every seed, beyond 32 bits and below 0 too', () => {
    const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 1 - 2 ** 53]
    const states = new Set(seeds.map((seed) => new RandomStream(seed).state.join()))
    assert.equal(states.size, seeds.length)
  })

  for (const [seed, id] of [
    [0.5, 0],
    [Number.NaN, 0],
    [2 ** 53, 0],
    [1, -1],
    [1, 0.5],
  ] as const) {
    test(`refuses the key (${seed}, ${id})`, () => {
      assert.throws(() => new RandomStream(seed, id), RangeError)
    })
  }

  test('fills each of 256 classes of its high and of its low bits equally often', () => {
    const random = new RandomStream(1)
    const high = new Array<number>(256).fill(0)
    const low = new Array<number>(256).fill(0)
    const draws = 2_560_000
    for (let i = 0; i < draws; i++) {
      const word = random.nextInt32()
      high[word >>> 24]!++
      low[word & 255]!++
    }
    const expected = new Array<number>(256).fill(draws / 256)
    within(chiSquareDeviation(high, expected))
    within(chiSquareDeviation(low, expected))
  })
})

describe('uniforms', () => {
  test('fill pairs of 32 x 32 classes equally often, so successive ones are independent', () => {
    const random = new RandomStream(2)
    const cells = new Array<number>(1024).fill(0)
    const draws = 2_048_000
    for (let i = 0; i < draws; i++) {
      cells[Math.floor(random.uniform() * 32) * 32 + Math.floor(random.uniform() * 32)]!++
    }
    within(chiSquareDeviation(cells, new Array<number>(1024).fill(draws / 1024)))
  })

  test('have the moments of a uniform distribution', () => {
    const random = new RandomStream(3)
    const values = sample(1_000_000, () => random.uniform())
    for (const power of [1, 2, 3, 4]) within(momentDeviation(values, power, 1 / (power + 1)))
    assert.ok(values.every((value) => value >= 0 && value < 1))
  })
})

describe('exponentials', () => {
  test('have the moments of an exponential distribution', () => {
    const random = new RandomStream(4)
    const values = sample(1_000_000, () => random.exponential())
    for (const [power, expected] of [1, 2, 6, 24].entries()) {
      within(momentDeviation(values, power + 1, expected))
    }
  })
})

describe('normals', () => {
  const count = 4_000_000
  const values = normals(new RandomStream(5), count)

  for (const [power, expected] of [
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 3],
    [6, 15],
    [8, 105],
  ] as const) {
    test(`have the moment ${power} of a normal distribution`, () => {
      within(momentDeviation(values, power, expected))
    })
  }

  test('follow the density from -4 to 4 in 160 classes', () => {
    const counts = new Array<number>(160).fill(0)
    let inside = 0
    for (const value of values) {
      if (Math.abs(value) >= 4) continue
      counts[Math.floor((value + 4) * 20)]!++
      inside++
    }
    // The probability of a class by Simpson's rule: exact to 1e-9 for such narrow ones.
    const weights = counts.map((_, i) => {
      const [a, b] = [i / 20 - 4, (i + 1) / 20 - 4]
      return bell(a) + 4 * bell((a + b) / 2) + bell(b)
    })
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    within(
      chiSquareDeviation(
        counts,
        weights.map((weight) => (weight / total) * inside),
      ),
    )
  })

  for (const [edge, probability] of [
    [3, 2.699796063260189e-3],
    [3.654152885361009, 2.580324876539013e-4],
    [4, 6.334248366623996e-5],
    [4.5, 6.795346249460121e-6],
    [5, 5.733031437583867e-7],
  ] as const) {
    test(`lie beyond ${edge.toFixed(2)} as often as they should`, () => {
      const beyond = values.reduce((sum, value) => sum + (Math.abs(value) > edge ? 1 : 0), 0)
      const expected = count * probability
      within((beyond - expected) / Math.sqrt(expected))
    })
  }

  test('follow each other without correlation of values or of squares', () => {
    const squares = values.map((value) => (value * value - 1) / Math.SQRT2)
    for (const lag of [1, 2, 3, 4, 7, 16, 150]) {
      within(correlationDeviation(values.subarray(0, count - lag), values.subarray(lag)))
      within(correlationDeviation(squares.subarray(0, count - lag), squares.subarray(lag)))
    }
  })

  test('of neighbouring ids, splits and seeds are uncorrelated', () => {
    const parent = new RandomStream(5, 0)
    const streams = [
      new RandomStream(5, 1),
      new RandomStream(5, 2),
      new RandomStream(6, 0),
      new RandomStream(6, 1),
      parent.split(),
      parent.split(),
    ].map((stream) => normals(stream, 500_000))
    for (const [i, one] of streams.entries()) {
      for (const other of streams.slice(i + 1)) {
        within(correlationDeviation(one, other))
        within(correlationDeviation(one.subarray(1), other))
      }
    }
  })
})

function bell(x: number): number {
  return Math.exp(-0.5 * x * x)
}

/**
 * The state after 2^exponent numbers, found without the jump polynomials: the generator's step is
 * linear over bits, so its 128 x 128 matrix, squared `exponent` times, is that many steps at once.
 */
function afterPowerOf2(state: Int32Array, exponent: number): Int32Array {
  // Column i is the image of bit i.
  let columns = Array.from({ length: 128 }, (_, i) => {
    const stream = RandomStream.atState(toWords(1n << BigInt(i)))
    stream.nextInt32()
    return fromWords(stream.state)
  })
  for (let i = 0; i < exponent; i++) columns = columns.map((column) => apply(columns, column))
  return toWords(apply(columns, fromWords(state)))
}

function apply(columns: readonly bigint[], vector: bigint): bigint {
  return columns.reduce((sum, column, i) => ((vector >> BigInt(i)) & 1n ? sum ^ column : sum), 0n)
}

function fromWords(words: Int32Array): bigint {
  return words.reduceRight((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n)
}

function toWords(bits: bigint): Int32Array {
  return Int32Array.from({ length: 4 }, (_, i) => Number((bits >> BigInt(32 * i)) & 0xffffffffn))
}
