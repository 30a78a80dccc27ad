export { AssertionFailure, assert } from './assert.ts'
export { Backoff } from './backoff.ts'
export {
  binaryKey,
  concat,
  equal,
  equalConstantTime,
  fromBinaryKey,
  hex,
  text,
  utf8,
} from './bytes.ts'
export { type Clock, delay, type Timer } from './clock.ts'
export { Deferred } from './deferred.ts'
export {
  ArgumentError,
  ClosedError,
  IparallelError,
  LimitError,
  messageOf,
  type Retry,
  StdinNotImplementedError,
} from './errors.ts'
export { limits } from './limits.ts'
export { type Logger, silentLogger } from './logger.ts'
export { nearest } from './nearest.ts'
export { Queue } from './queue.ts'
export type { Random } from './random.ts'
export { RecentSet } from './recent-set.ts'
export { RecentTable } from './recent-table.ts'
export type { Signer, SignerFactory } from './signer.ts'
