export { KernelGoneError, KernelTimeoutError } from './errors.ts'
export type { ExecutionHandlers, InputRequest } from './execution.ts'
export {
  type ExecuteOptions,
  KernelClient,
  type KernelClientEvents,
  type OutputSource,
  type RequestOptions,
} from './kernel-client.ts'
export type { KernelFailure, KernelOutput } from './kernel-output.ts'
export type { KernelClientPorts, ReceivingChannel, RequestChannel } from './kernel-sockets.ts'
export type { Completions, ExecuteOutcome } from './replies.ts'
