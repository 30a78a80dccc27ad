export { Engine, type EngineEnd, type EngineOptions, type EnginePorts } from './engine.ts'
export type {
  ApplyOutcome,
  ApplyRequest,
  Evaluator,
  ExecuteOutcome,
  ExecuteRequest,
  Failure,
  MimeBundle,
  Output,
} from './evaluator.ts'
export { RegistrationError } from './registration.ts'
