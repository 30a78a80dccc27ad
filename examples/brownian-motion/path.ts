/** Where a particle went. */
export interface Path {
  /** x, y, z (µm) at the start and then every `intervalS` seconds. */
  readonly points: Float32Array
  readonly intervalS: number
}

/** Points in a path, at most: as many as a picture can show. */
const pointsMax = 2000

/** Notes the first particle's place now and then. */
export class PathRecorder {
  readonly #stride: number
  readonly #intervalS: number
  readonly #points: number[]

  constructor(blocks: number, blockS: number, positions: Float64Array) {
    this.#stride = Math.ceil(blocks / pointsMax)
    this.#intervalS = this.#stride * blockS
    this.#points = [...positions.subarray(0, 3)]
  }

  /** @param blocks how many blocks have passed, 1 more each time */
  add(blocks: number, positions: Float64Array): void {
    if (blocks % this.#stride === 0) this.#points.push(...positions.subarray(0, 3))
  }

  path(): Path {
    return { points: Float32Array.from(this.#points), intervalS: this.#intervalS }
  }
}
