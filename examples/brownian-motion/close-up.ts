/** The brightest stretch of an id, in every detail. */
export interface CloseUpView {
  /** First step of it. */
  readonly firstStep: number
  /** Emission of all particles together in each of its steps. */
  readonly emission: Float32Array
  /** Positions x, y, z (µm) of the particle that gave most of the light, at the end of each block. */
  readonly path: Float32Array
  /** Sum of `emission`: how bright it is. */
  readonly brightness: number
}

/** Blocks in a close-up: 200 blocks of 50 steps of 0.5 µs are 5 ms. */
const blocksPerView = 200

/**
 * Keeps the one stretch that shows most: time is cut into stretches of equal length, and the
 * brightest so far is kept at full resolution, so the memory needed does not grow with the time.
 */
export class CloseUp {
  readonly #blockSteps: number
  readonly #emission: Float32Array
  readonly #positions: Float32Array
  readonly #brightness: Float64Array
  readonly #particles: number
  #firstStep = 0
  #blocks = 0
  #best: CloseUpView | undefined

  constructor(particles: number, blockSteps: number) {
    this.#particles = particles
    this.#blockSteps = blockSteps
    this.#emission = new Float32Array(blocksPerView * blockSteps)
    this.#positions = new Float32Array(blocksPerView * particles * 3)
    this.#brightness = new Float64Array(particles)
  }

  /**
   * @param emission of each step of a block
   * @param brightness emission of each particle in this block
   * @param positions at the end of the block
   */
  add(emission: Float64Array, brightness: Float64Array, positions: Float64Array): void {
    this.#emission.set(emission, this.#blocks * this.#blockSteps)
    this.#positions.set(positions, this.#blocks * this.#particles * 3)
    for (let p = 0; p < this.#particles; p++) this.#brightness[p]! += brightness[p]!
    this.#blocks++
    if (this.#blocks === blocksPerView) this.#finishStretch()
  }

  /** The brightest stretch; a last one that is shorter than the others counts as well. */
  view(): CloseUpView {
    if (this.#blocks > 0) this.#finishStretch()
    return (
      this.#best ?? {
        firstStep: 0,
        emission: new Float32Array(0),
        path: new Float32Array(0),
        brightness: 0,
      }
    )
  }

  #finishStretch(): void {
    const brightness = this.#brightness.reduce((sum, one) => sum + one, 0)
    if (this.#best === undefined || brightness > this.#best.brightness) {
      this.#best = {
        firstStep: this.#firstStep,
        emission: this.#emission.slice(0, this.#blocks * this.#blockSteps),
        path: this.#pathOf(this.#brightness.indexOf(Math.max(...this.#brightness))),
        brightness,
      }
    }
    this.#firstStep += this.#blocks * this.#blockSteps
    this.#blocks = 0
    this.#brightness.fill(0)
  }

  #pathOf(particle: number): Float32Array {
    const path = new Float32Array(this.#blocks * 3)
    for (let block = 0; block < this.#blocks; block++) {
      const at = (block * this.#particles + particle) * 3
      path.set(this.#positions.subarray(at, at + 3), block * 3)
    }
    return path
  }
}
