import type { DeathCause } from '../jupyter/mod.ts'
import type { TaskOrder } from './task-order.ts'

/** What happened, as the scheduler is told. Times are `Clock.monotonicMs`. */
export type SchedulerEvent<Order extends TaskOrder> =
  | { readonly type: 'task-submitted'; readonly order: Order; readonly atMs: number }
  | {
      readonly type: 'result-received'
      readonly taskId: string
      /** Uuid of the engine that sent it. */
      readonly engine: string
      /** `returned`: undone, because it was recalled. */
      readonly status: 'ok' | 'error' | 'aborted' | 'returned'
      /** False when the engine could not even start: a functional dependency was not met there. */
      readonly dependenciesMet: boolean
      /** Milliseconds that the engine says it ran; only engines of ours say so. */
      readonly runMs?: number | undefined
      /** Tasks of those it has that it may have begun, from now on; default 1. */
      readonly together?: number | undefined
      readonly atMs: number
    }
  | {
      readonly type: 'engine-joined'
      readonly uuid: string
      readonly id: number
      /** `python` for engines that do not say. */
      readonly language: string
      /** It answers a request to give tasks back even while it works. */
      readonly recalls: boolean
      readonly atMs: number
    }
  | {
      readonly type: 'engine-left'
      readonly uuid: string
      readonly cause?: DeathCause | undefined
      readonly atMs: number
    }
  | { readonly type: 'tasks-aborted'; readonly taskIds: readonly string[]; readonly atMs: number }
  | { readonly type: 'time-passed'; readonly atMs: number }

/** The names that users match on; Python's own. */
export type FailureName =
  | 'EngineError'
  | 'ImpossibleDependency'
  | 'InvalidDependency'
  | 'TaskTimeout'

export interface TaskFailure {
  readonly ename: FailureName
  /** For people: why, and about what. */
  readonly evalue: string
  /** The engine that died, if that was it. */
  readonly engine?: { readonly uuid: string; readonly id: number }
}

/** What is to be done, in this order. */
export type SchedulerEffect<Order extends TaskOrder> =
  | {
      readonly type: 'run-task'
      readonly order: Order
      readonly engine: string
      /** The engine had it before: it refuses the same signature twice, so sign anew. */
      readonly again: boolean
    }
  /** Ask the engine to give the task back unless it has begun it. */
  | { readonly type: 'recall-task'; readonly order: Order; readonly engine: string }
  /** The task left its engine without a result and will run again. */
  | { readonly type: 'unassign-task'; readonly order: Order }
  /** Pass the reply that has just been received on to the client. */
  | { readonly type: 'deliver-reply'; readonly order: Order; readonly engine: string }
  | { readonly type: 'fail-task'; readonly order: Order; readonly failure: TaskFailure }
  | { readonly type: 'abort-task'; readonly order: Order }
  /** A task with this id has ended before: answer with what is known of it. */
  | { readonly type: 'repeat-answer'; readonly order: Order }
