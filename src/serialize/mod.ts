export { type Call, type CallHooks, packCall, packFunction, unpackCall } from './call.ts'
export { Codec, type Decoded, isEncoded } from './codec.ts'
export { Complex } from './complex.ts'
export {
  type Dtype,
  dtypeNameOf,
  dtypeOfCode,
  dtypeOfName,
  halfToNumber,
  type NumericArray,
  numberToHalf,
} from './dtype.ts'
export { MalformedError, UnserializableError } from './errors.ts'
export { FunctionCache } from './function-cache.ts'
export {
  type BuiltFunction,
  type ClassIdentities,
  Described,
  type FunctionCodec,
  type FunctionDescription,
} from './function-codec.ts'
export { NdArray, type Nested, type Scalar, sizeOf } from './nd-array.ts'
export { PythonTuple, tuple } from './python-tuple.ts'
export { Reference } from './reference.ts'
export { type DecodeHooks, HookFailure } from './value-reader.ts'
