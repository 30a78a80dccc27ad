import { blockSteps, lagBlocks } from './blocks.ts'
import type { Parameters } from './parameters.ts'

/** Sums over the displacements along one axis in a given time. */
export interface LagSums {
  readonly lagS: number
  /** How many displacements. */
  count: number
  /** Sum of their squares, µm². */
  squares: number
  /** Sum of their fourth powers, µm⁴. */
  fourths: number
}

interface Lag extends LagSums {
  readonly blocks: number
  readonly from: Float64Array
}

/**
 * Collects how far particles get in several times, from their positions as they are in the box.
 * The intervals of a lag do not overlap, so that its displacements are independent, and only starts
 * in the inner half of the box count (`blocks.ts` says why). Whether a start counts is decided
 * before the displacement is drawn, so the selection biases nothing.
 */
export class Displacements {
  readonly #lags: Lag[]
  readonly #margins: readonly number[]

  constructor(parameters: Parameters, positions: Float64Array) {
    const blockS = blockSteps(parameters) * parameters.stepS
    this.#margins = parameters.box.map((edge) => edge / 4)
    this.#lags = lagBlocks(parameters).map((blocks) => ({
      blocks,
      lagS: blocks * blockS,
      count: 0,
      squares: 0,
      fourths: 0,
      from: positions.slice(),
    }))
  }

  /** @param blocks how many whole blocks have passed, 1 more each time */
  add(blocks: number, positions: Float64Array): void {
    for (const lag of this.#lags) {
      if (blocks % lag.blocks !== 0) continue
      this.#addTo(lag, positions)
      lag.from.set(positions)
    }
  }

  sums(): LagSums[] {
    return this.#lags.map(({ lagS, count, squares, fourths }) => {
      return { lagS, count, squares, fourths }
    })
  }

  #addTo(lag: Lag, positions: Float64Array): void {
    for (let i = 0; i < positions.length; i++) {
      const from = lag.from[i]!
      if (Math.abs(from) > this.#margins[i % 3]!) continue
      const square = (positions[i]! - from) ** 2
      lag.count++
      lag.squares += square
      lag.fourths += square * square
    }
  }
}
