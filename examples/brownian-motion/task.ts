import type { Parameters } from './parameters.ts'
import { type Segment, simulate } from './simulate.ts'

/** A segment and how long it took. */
export interface TaskResult {
  readonly segment: Segment
  /** Milliseconds that the engine computed. */
  readonly elapsedMs: number
}

/** What an engine does: one id of the simulation. */
export function runTask(parameters: Parameters, id: number): TaskResult {
  const started = performance.now()
  const segment = simulate(parameters, id)
  return { segment, elapsedMs: performance.now() - started }
}
