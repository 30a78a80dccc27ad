export {
  type BroadcastPart,
  type BroadcastTarget,
  Coalescing,
  type GatheredBroadcast,
} from './coalescing.ts'
export { defaultLanguage } from './engine-pools.ts'
export { readScheme, type Scheme } from './policy/scheme.ts'
export type {
  FailureName,
  SchedulerEffect,
  SchedulerEvent,
  TaskFailure,
} from './scheduler-events.ts'
export type { TaskOrder } from './task-order.ts'
export { TaskScheduler, type TaskSchedulerOptions } from './task-scheduler.ts'
