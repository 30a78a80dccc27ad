import { ArgumentError } from '../base/mod.ts'
import { isSequence, type Sequence } from './chunk-source.ts'

/** Takes `...sequences, options?` apart: what is not iterable at the end are the options. */
export function splitOptions<O extends object>(
  rest: readonly unknown[],
): { sequences: readonly Sequence<unknown>[]; options: Partial<O> } {
  const last = rest.at(-1)
  const hasOptions = rest.length > 1 && !isSequence(last)
  const sequences = hasOptions ? rest.slice(0, -1) : rest
  for (const sequence of sequences) {
    if (isSequence(sequence)) continue
    throw new ArgumentError(`${String(sequence)} is nothing to map over: give something iterable`)
  }
  if (hasOptions && last !== undefined && (typeof last !== 'object' || last === null)) {
    throw new ArgumentError(`${String(last)} is neither iterable nor an object with options`)
  }
  return {
    sequences: sequences as readonly Sequence<unknown>[],
    options: (hasOptions ? (last ?? {}) : {}) as Partial<O>,
  }
}
