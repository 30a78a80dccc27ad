export { Engine, type EngineEnd, type EngineOptions, type EnginePorts } from './engine.ts'
export type {
  ApplyOutcome,
  ApplyRequest,
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
} from './evaluator.ts'
export { noReflection } from './reflection.ts'
export { RegistrationError } from './registration.ts'
