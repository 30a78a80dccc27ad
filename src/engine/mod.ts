export type { KernelFacts } from './desk.ts'
export { Engine, type EngineEnd, type EngineOptions, type EnginePorts } from './engine.ts'
export type {
  ApplyOutcome,
  ApplyRequest,
  CommEvent,
  CommLine,
  CompleteOutcome,
  CursorRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  HistoryEntry,
  HistoryOutcome,
  HistoryRequest,
  InspectOutcome,
  InspectRequest,
  IsCompleteOutcome,
  MimeBundle,
  Output,
  Reflection,
  Withdrawn,
} from './evaluator.ts'
export { Kernel, type KernelEnd, type KernelOptions, type KernelPorts } from './kernel.ts'
export { noReflection } from './reflection.ts'
export { RegistrationError } from './registration.ts'
