export { codePointOffset, unitOffset } from './code-points.ts'
export { KernelGoneError, KernelTimeoutError } from './errors.ts'
export type { ExecutionHandlers, InputRequest } from './execution.ts'
export {
  type ExecuteOptions,
  type HistoryQuery,
  KernelClient,
  type KernelClientEvents,
  type KernelClientPorts,
  type OutputSource,
  type RequestChannel,
  type RequestOptions,
} from './kernel-client.ts'
export { type KernelFailure, type KernelOutput, readOutput } from './kernel-output.ts'
export type {
  Completeness,
  Completions,
  ExecuteOutcome,
  HistoryEntry,
  KernelInfo,
} from './replies.ts'
