import type { Parameters } from './parameters.ts'
import type { Segment } from './simulate.ts'
import type { Trace } from './trace.ts'

/** All ids as one long measurement, one after the other in time. */
export interface Measurement {
  /** Photon arrival times in clock ticks from the start of the first id, sorted. */
  readonly timestamps: Float64Array
  /** The emission of all of them. */
  readonly trace: Trace
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
  const bins = ordered.reduce((sum, segment) => sum + segment.trace.emission.length, 0)
  const timestamps = new Float64Array(photons)
  const emission = new Float32Array(bins)
  let photon = 0
  let bin = 0
  for (const { id, timestamps: ticks, trace } of ordered) {
    for (const tick of ticks) timestamps[photon++] = id * ticksPerId + tick
    emission.set(trace.emission, bin)
    bin += trace.emission.length
  }
  const trace = { emission, binS: ordered[0]!.trace.binS }
  return { timestamps, trace, segments: ordered }
}

/** The segment with the brightest close-up. */
export function brightestSegment(measurement: Measurement): Segment {
  return measurement.segments.reduce((best, segment) => {
    return segment.closeUp.brightness > best.closeUp.brightness ? segment : best
  })
}
