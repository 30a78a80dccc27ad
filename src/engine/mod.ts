export type { KernelFacts } from './desk.ts'
export { Engine, type EngineEnd, type EngineOptions, type EnginePorts } from './engine.ts'
export type {
  ApplyOutcome,
  ApplyRequest,
  CommEvent,
  CommLine,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  MimeBundle,
  Output,
} from './evaluator.ts'
export { Kernel, type KernelEnd, type KernelOptions, type KernelPorts } from './kernel.ts'
export { RegistrationError } from './registration.ts'
