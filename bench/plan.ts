/** What is measured, alike for iparallel and for Python's ipyparallel. */
export interface Plan {
  readonly engines: number
  /** Seconds of no-op tasks before anything is measured, for both. */
  readonly warmUpSeconds: number
  /** No-op tasks, one message each. */
  readonly tasks: number
  /** Items of a map in chunks of 1000. */
  readonly items: number
  readonly roundTrips: number
  readonly arrayBytes: number
  /** How often the array is pushed to and pulled from all engines. */
  readonly transfers: number
}

/** The figures of one contestant. Bytes are resident set sizes, summed over a role's processes. */
export interface Figures {
  readonly startSeconds: number
  readonly tasksPerSecond: number
  readonly itemsPerSecond: number
  readonly balancedRoundTripMs: number
  readonly directRoundTripMs: number
  readonly directAllRoundTripMs: number
  readonly pushMBPerSecond: number
  readonly pullMBPerSecond: number
  readonly controllerBytes: number
  readonly engineBytes: number
}

/** Python is slower by an order: it gets fewer tasks, and what counts is tasks per second. */
export const pythonPlan: Plan = {
  engines: 4,
  warmUpSeconds: 3,
  tasks: 1_000,
  items: 300_000,
  roundTrips: 200,
  arrayBytes: 64 * 2 ** 20,
  transfers: 2,
}

export const ourPlan: Plan = { ...pythonPlan, tasks: 60_000, items: 3_000_000, roundTrips: 2_000 }
