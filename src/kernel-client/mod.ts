export { KernelGoneError, KernelTimeoutError } from './errors.ts'
export type { ExecutionHandlers, InputRequest } from './execution.ts'
export {
  type ExecuteOptions,
  KernelClient,
  type KernelClientEvents,
  type KernelClientPorts,
  type OutputSource,
  type RequestChannel,
  type RequestOptions,
} from './kernel-client.ts'
export { type KernelFailure, type KernelOutput, readOutput } from './kernel-output.ts'
export type { Completions, ExecuteOutcome } from './replies.ts'
