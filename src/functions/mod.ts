export type { FunctionBuilderOptions, NamedFunctions } from './function-builder.ts'
export { inspectorFunctionCodec } from './inspector-function-codec.ts'
export { workingFolder } from './working-folder.ts'
