import { ArgumentError } from '../base/mod.ts'
import type { DependencyContent } from '../jupyter/mod.ts'
import { AsyncResult } from './async-result.ts'

/** What a task can wait for: results, ids of tasks, or both. */
export type TaskReference = AsyncResult<unknown, unknown> | string

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
    tasks: TaskReference | readonly TaskReference[],
    options: {
      readonly all?: boolean
      readonly success?: boolean
      readonly failure?: boolean
    } = {},
  ) {
    this.ids = idsOf(tasks)
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
  given: Dependency | TaskReference | readonly TaskReference[] | undefined,
): DependencyContent | undefined {
  if (given === undefined) return undefined
  const dependency = given instanceof Dependency ? given : new Dependency(given)
  return dependency.ids.length === 0 ? undefined : dependency
}

function idsOf(tasks: TaskReference | readonly TaskReference[]): string[] {
  const list = typeof tasks === 'string' || tasks instanceof AsyncResult ? [tasks] : tasks
  if (!Array.isArray(list)) throw new ArgumentError('a dependency is on results or ids of tasks')
  return list.flatMap((task: unknown) => {
    if (typeof task === 'string') return [task]
    if (task instanceof AsyncResult) return task.msgIds
    throw new ArgumentError('a dependency is on results or ids of tasks')
  })
}
