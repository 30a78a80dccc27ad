import { type Codec, Described, packFunction, type Reference } from '../serialize/mod.ts'
import type { AnyFunction } from './remote-function.ts'

/**
 * The frames of a function that takes columns of items and calls `fn` for each row. It captures
 * `fn`, so that this is encoded once, with what it captures now, however many chunks there are.
 * @throws {UnserializableError}
 */
export function packMapFunction(codec: Codec, fn: AnyFunction | Reference): Uint8Array[] {
  const map = new Described({ kind: 'builtin', text: 'iparallel:map' })
  const description = {
    kind: 'source',
    text: '(...columns) => map(fn, ...columns)',
    name: 'map',
    captures: { fn, map },
  } as const
  // Whatever is refused is told as if the function had been sent by itself.
  if (typeof fn === 'function') packFunction(codec, fn)
  return codec.encode(new Described(description), 'the function')
}
