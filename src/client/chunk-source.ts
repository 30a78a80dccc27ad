import { ArgumentError } from '../base/mod.ts'
import { isTypedArray, type Sliceable, slice } from './partition.ts'

/** What a map runs over. */
export type Sequence<T> = Iterable<T> | AsyncIterable<T>

/** Neighbouring items, column by column: one column for each sequence that is mapped over. */
export interface Chunk {
  readonly columns: readonly Sliceable[]
  /** Items, that is the length of each column. */
  readonly size: number
}

/** Where a map gets its work from, one chunk after the other. */
export interface ChunkSource {
  /** How many items there are in all; undefined while that is not known. */
  readonly total: number | undefined
  /** The next chunk; undefined at the end. Not called again before a promise has settled. */
  next(): Chunk | undefined | Promise<Chunk | undefined>
  /** Nothing more will be asked for. */
  close(): void
}

/**
 * Reads sequences side by side, until the shortest ends. Lists are known whole; other sequences
 * are only read as far as they are needed.
 * @throws {ArgumentError} for what is no sequence.
 */
export function chunkSource(
  sequences: readonly Sequence<unknown>[],
  chunkSize: number,
): ChunkSource {
  if (!Number.isSafeInteger(chunkSize) || chunkSize < 1) {
    throw new ArgumentError(`chunkSize is a whole number from 1 on, not ${chunkSize}`)
  }
  if (sequences.length === 0) throw new ArgumentError('there is nothing to map over')
  const lists = sequences.filter(isList)
  return lists.length === sequences.length
    ? new ListSource(lists.map(snapshot), chunkSize)
    : new StreamSource(sequences, chunkSize)
}

/** These chunks and no others. */
export class FixedSource implements ChunkSource {
  readonly total: number
  readonly #chunks: readonly Chunk[]
  #at = 0

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks
    this.total = chunks.reduce((sum, { size }) => sum + size, 0)
  }

  next(): Chunk | undefined {
    return this.#chunks[this.#at++]
  }

  close(): void {
    this.#at = this.#chunks.length
  }
}

class ListSource implements ChunkSource {
  readonly total: number
  readonly #lists: readonly Sliceable[]
  readonly #chunkSize: number
  #at = 0

  constructor(lists: readonly Sliceable[], chunkSize: number) {
    this.#lists = lists
    this.#chunkSize = chunkSize
    this.total = lists.reduce((least, list) => Math.min(least, list.length), Infinity)
  }

  next(): Chunk | undefined {
    const from = this.#at
    if (from >= this.total) return undefined
    this.#at = Math.min(from + this.#chunkSize, this.total)
    const columns = this.#lists.map((list) => slice(list, from, this.#at))
    return { columns, size: this.#at - from }
  }

  close(): void {
    this.#at = this.total
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

/** Reads from iterators. As long as all of them answer at once, so does it. */
class StreamSource implements ChunkSource {
  readonly total = undefined
  readonly #iterators: readonly AnyIterator[]
  readonly #chunkSize: number
  #ended = false

  constructor(sequences: readonly Sequence<unknown>[], chunkSize: number) {
    this.#iterators = sequences.map(iteratorOf)
    this.#chunkSize = chunkSize
  }

  next(): Chunk | undefined | Promise<Chunk | undefined> {
    const columns: unknown[][] = this.#iterators.map(() => [])
    while (!this.#ended && columns[0]!.length < this.#chunkSize) {
      const steps = this.#iterators.map((iterator) => iterator.next())
      if (steps.some(isPromise)) return this.#goOn(columns, steps)
      this.#take(columns, steps as IteratorResult<unknown>[])
    }
    return chunkOf(columns)
  }

  close(): void {
    this.#ended = true
    this.#iterators.forEach(leave)
  }

  async #goOn(
    columns: unknown[][],
    begun: (IteratorResult<unknown> | Promise<IteratorResult<unknown>>)[],
  ): Promise<Chunk | undefined> {
    this.#take(columns, await Promise.all(begun))
    while (!this.#ended && columns[0]!.length < this.#chunkSize) {
      this.#take(columns, await Promise.all(this.#iterators.map((iterator) => iterator.next())))
    }
    return chunkOf(columns)
  }

  #take(columns: unknown[][], steps: readonly IteratorResult<unknown>[]): void {
    if (steps.some((step) => step.done === true)) {
      this.#iterators.filter((_, i) => steps[i]!.done !== true).forEach(leave)
      this.#ended = true
      return
    }
    for (const [i, step] of steps.entries()) columns[i]!.push(step.value)
  }
}

/** What it throws when it is told that nothing more is wanted is nobody's any more. */
function leave(iterator: AnyIterator): void {
  try {
    const returned = iterator.return?.()
    if (isPromise(returned)) returned.then(undefined, () => {})
  } catch {
    // See above.
  }
}

function chunkOf(columns: readonly unknown[][]): Chunk | undefined {
  const size = columns[0]!.length
  return size === 0 ? undefined : { columns, size }
}

/** Whether all of it is there already. */
export function isList(sequence: unknown): sequence is Sliceable {
  return Array.isArray(sequence) || isTypedArray(sequence)
}

/** A list that is changed later must not change what is mapped over. */
function snapshot(list: Sliceable): Sliceable {
  return isTypedArray(list) ? list : [...list]
}

export function isSequence(value: unknown): value is Sequence<unknown> {
  if (typeof value === 'string') return true
  if (typeof value !== 'object' || value === null) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

function iteratorOf(sequence: Sequence<unknown>): AnyIterator {
  if (!isSequence(sequence)) {
    throw new ArgumentError(`${String(sequence)} is nothing to map over: give something iterable`)
  }
  return Symbol.asyncIterator in Object(sequence)
    ? (sequence as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    : (sequence as Iterable<unknown>)[Symbol.iterator]()
}

function isPromise(value: unknown): value is Promise<never> {
  return typeof value === 'object' && value !== null && 'then' in value
}
