import type { TaskMetadata } from '../jupyter/mod.ts'

/** What the scheduler has to know of a task; whatever else the caller put there rides along. */
export interface TaskOrder {
  /** Unique among all tasks: the request's msg_id. */
  readonly id: string
  readonly wishes: TaskMetadata
}
