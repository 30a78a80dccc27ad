export { type Activation, ActiveViews, type ParallelClient } from './active-views.ts'
export type { Display } from './display/display-global.ts'
export type { DisplayHandle, DisplayOptions } from './display/display-handle.ts'
export {
  type Completer,
  NodeEvaluator,
  type NodeEvaluatorOptions,
  type UserCodeGate,
} from './evaluator.ts'
export type { Input } from './input.ts'
export { KeyboardInterrupt } from './keyboard-interrupt.ts'
export {
  type Magic,
  type MagicCall,
  type MagicExtension,
  type MagicHost,
  Unawaited,
} from './magics/magic.ts'
export {
  describeOptions,
  type MagicOption,
  optionNames,
  parseMagicOptions,
} from './magics/magic-options.ts'
export { UsageError } from './magics/usage-error.ts'
export { EvaluatorServer, serveEvaluator } from './main-side.ts'
export type { EvaluatorLine } from './port-messages.ts'
export { PortEvaluator, type PortEvaluatorOptions } from './worker-side.ts'
