export { type Answer, failureOf, type HubFacts } from './answer.ts'
export type { HubEffect } from './hub-effects.ts'
export type { HubEvent } from './hub-events.ts'
export { HubRequests } from './hub-requests.ts'
export { HubState, type HubStateOptions } from './hub-state.ts'
export { MemoryTaskStore, type MemoryTaskStoreOptions } from './memory-task-store.ts'
export { NoTaskStore } from './no-task-store.ts'
export type { Engine, EngineTable } from './registry.ts'
export { RequestError } from './request-error.ts'
export { TaskLedger } from './task-ledger.ts'
export { asDate, type Condition, parseQuery, type TaskQuery } from './task-query.ts'
export {
  dateFields,
  fieldOf,
  type RecordedMessage,
  type TaskChannel,
  TaskRecord,
} from './task-record.ts'
export type { TaskStore } from './task-store.ts'
