import { ArgumentError } from '../base/mod.ts'
import { AsyncResult } from './async-result.ts'

/** What names tasks: a result, the id of a task, or several of these. */
export type Job = AsyncResult<unknown, unknown> | string
/** One task or result, or several. */
export type Jobs = Job | readonly Job[]

/** @throws {ArgumentError} for what names no task. */
export function msgIdsOf(jobs: Jobs): string[] {
  const list: readonly unknown[] = Array.isArray(jobs) ? jobs : [jobs]
  return list.flatMap((job) => {
    if (typeof job === 'string') return [job]
    if (job instanceof AsyncResult) return job.msgIds
    throw new ArgumentError(`${String(job)} names no task: give a result, or the id of a task`)
  })
}
