import { ArgumentError } from '../base/mod.ts'
import type { DependencyContent } from '../jupyter/mod.ts'
import { type Jobs, msgIdsOf } from './job.ts'

/** Tasks, and what must have become of them. Source: `ipyparallel.Dependency`. */
export class Dependency {
  readonly ids: readonly string[]
  /** All of them must have ended so, or any one. */
  readonly all: boolean
  /** Whether a task that succeeded counts. */
  readonly success: boolean
  /** Whether a task that failed counts. */
  readonly failure: boolean

  /** @throws {ArgumentError} when neither success nor failure counts: that can never be met. */
  constructor(
    tasks: Jobs,
    options: {
      readonly all?: boolean
      readonly success?: boolean
      readonly failure?: boolean
    } = {},
  ) {
    this.ids = msgIdsOf(tasks)
    this.all = options.all ?? true
    this.success = options.success ?? true
    this.failure = options.failure ?? false
    if (!this.success && !this.failure) {
      throw new ArgumentError('a dependency for which neither success nor failure counts')
    }
  }
}

/** A dependency in whatever form it was given; undefined when it is empty. */
export function dependencyContent(
  given: Dependency | Jobs | undefined,
): DependencyContent | undefined {
  if (given === undefined) return undefined
  const dependency = given instanceof Dependency ? given : new Dependency(given)
  return dependency.ids.length === 0 ? undefined : dependency
}
