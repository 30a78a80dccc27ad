export {
  type ForeignCallee,
  type ForeignHelper,
  type PythonCall,
  type PythonCallee,
  type PythonHelper,
  packPythonCall,
  packPythonFunction,
  readPythonCallee,
  unpackPythonCall,
} from './python-call.ts'
export {
  KeywordArguments,
  kwargs,
  PythonExpression,
  PythonName,
  py,
  pythonFunctionOf,
} from './python-function.ts'
export { PythonGlobal, PythonObject } from './python-object.ts'
export { readPythonValue } from './python-value.ts'
export type { PythonHooks } from './value-maker.ts'
export { writePythonValue } from './write-python-value.ts'
