import type { Parameters } from './parameters.ts'
import type { Segment } from './simulate.ts'

/** All ids as one long measurement, one after the other in time. */
export interface Measurement {
  /** Photon arrival times in clock ticks from the start of the first id, sorted. */
  readonly timestamps: Float64Array
  /** Mean emission in each block, see `Segment.trace`. */
  readonly trace: Float32Array
  /** What was merged, by id. */
  readonly segments: readonly Segment[]
}

/**
 * Joins the segments in the order of their ids, in whatever order they come.
 *
 * @throws {RangeError} when an id is missing or there twice
 */
export function merge(parameters: Parameters, segments: readonly Segment[]): Measurement {
  const ordered = segments.toSorted((one, other) => one.id - other.id)
  if (ordered.length !== parameters.ids || ordered.some((segment, id) => segment.id !== id)) {
    const ids = ordered.map((segment) => segment.id).join(', ')
    throw new RangeError(`expected the ids 0 to ${parameters.ids - 1}, each once; got ${ids}`)
  }
  const ticksPerId = parameters.stepsPerId * parameters.ticksPerStep
  const photons = ordered.reduce((sum, segment) => sum + segment.timestamps.length, 0)
  const blocks = ordered.reduce((sum, segment) => sum + segment.trace.length, 0)
  const timestamps = new Float64Array(photons)
  const trace = new Float32Array(blocks)
  let photon = 0
  let block = 0
  for (const { id, timestamps: ticks, trace: part } of ordered) {
    for (const tick of ticks) timestamps[photon++] = id * ticksPerId + tick
    trace.set(part, block)
    block += part.length
  }
  return { timestamps, trace, segments: ordered }
}
