import type { RandomStream } from './random-stream.ts'

/**
 * Photon timestamps: a Poisson process whose rate is constant within each time step and changes
 * from step to step. Exact: the integral of the rate between two photons is exponentially
 * distributed with mean 1, so one draws that integral and finds where the rate has used it up.
 * That costs a subtraction a step and a logarithm a photon, the result is sorted by itself, and any
 * number of photons fits in a step.
 */
export class PhotonProcess {
  readonly #random: RandomStream
  readonly #ticksPerStep: number
  #integralLeft: number
  #ticks = new Float64Array(1024)
  #count = 0
  #steps = 0

  /** @param ticksPerStep clock ticks in a time step; timestamps are whole ticks */
  constructor(random: RandomStream, ticksPerStep: number) {
    this.#random = random
    this.#ticksPerStep = ticksPerStep
    this.#integralLeft = random.exponential()
  }

  /**
   * Goes through the next time steps.
   *
   * @param emission of each of them
   * @param photonsPerEmission expected photons in a step of emission 1
   * @param backgroundPhotons expected photons in any step besides
   */
  advance(emission: Float64Array, photonsPerEmission: number, backgroundPhotons: number): void {
    let left = this.#integralLeft
    for (let k = 0; k < emission.length; k++) {
      const expected = emission[k]! * photonsPerEmission + backgroundPhotons
      left -= expected
      while (left < 0) {
        this.#record(this.#steps + k, 1 + left / expected)
        left += this.#random.exponential()
      }
    }
    this.#integralLeft = left
    this.#steps += emission.length
  }

  /** All timestamps so far in clock ticks from step 0, sorted; several may fall on one tick. */
  timestamps(): Float64Array {
    return this.#ticks.slice(0, this.#count)
  }

  #record(step: number, fraction: number): void {
    if (this.#count === this.#ticks.length) {
      const grown = new Float64Array(2 * this.#count)
      grown.set(this.#ticks)
      this.#ticks = grown
    }
    // Rounding may give a fraction of just 0 - 1e-16 or 1: it belongs to this step all the same.
    const tick = Math.floor(fraction * this.#ticksPerStep)
    const within = Math.min(Math.max(tick, 0), this.#ticksPerStep - 1)
    this.#ticks[this.#count++] = step * this.#ticksPerStep + within
  }
}
