/** What an `await` at the top of a cell waits for instead of `awaited`. */
export type AwaitGuard = (awaited: unknown) => Promise<unknown>

/** A resource of a top-level `using`, and how to let go of it. */
interface Resource {
  readonly value: unknown
  readonly dispose: (() => unknown) | undefined
  readonly isAsync: boolean
}

interface Failure {
  readonly error: unknown
}

/** Node 20 has the symbols under these names, but not everywhere in its types. */
const disposeKey: symbol = Symbol.dispose
const asyncDisposeKey: symbol = Symbol.asyncDispose

/** What the script of an asynchronous cell gets as its only parameter, as the code of a cell runs. */
export interface CellScope {
  /** Stands around what is awaited. */
  (awaited: unknown): Promise<unknown>
  /** Stands around what a `for await` goes through. */
  each(iterable: unknown): AsyncIterable<unknown>
  /** Stands around what a `using` declares. */
  use(value: unknown, isAsync: boolean): unknown
  /** Lets go of what was declared with `using`. @throws `failure`, or what includes it. */
  dispose(failure?: Failure): Promise<void>
}

function disposeMethod(value: object, isAsync: boolean): (() => unknown) | undefined {
  const methods = value as Record<symbol, unknown>
  const method = (isAsync ? methods[asyncDisposeKey] : undefined) ?? methods[disposeKey]
  return typeof method === 'function' ? () => method.call(value) as unknown : undefined
}

function resourceOf(value: unknown, isAsync: boolean): Resource {
  if (value === null || value === undefined) return { value, dispose: undefined, isAsync }
  const isObject = typeof value === 'object' || typeof value === 'function'
  const dispose = isObject ? disposeMethod(value, isAsync) : undefined
  if (dispose === undefined) {
    const key = isAsync ? 'Symbol.asyncDispose or Symbol.dispose' : 'Symbol.dispose'
    throw new TypeError(`what is declared with 'using' has no method ${key}`)
  }
  return { value, dispose, isAsync }
}

/** What two failures become: as the language has it, where there is such an error. */
function suppressed(error: unknown, earlier: unknown): unknown {
  const text = 'An error was suppressed during disposal'
  const make = (globalThis as { SuppressedError?: new (...args: unknown[]) => Error })
    .SuppressedError
  const both = make === undefined ? new Error(text) : new make(error, earlier, text)
  if (make === undefined) Object.defineProperty(both, 'name', { value: 'SuppressedError' })
  // Enumerable, so that whoever looks at the error sees what happened.
  for (const [key, value] of Object.entries({ error, suppressed: earlier })) {
    Object.defineProperty(both, key, { value, enumerable: true, configurable: true })
  }
  return both
}

async function disposeAll(resources: Resource[], earlier?: Failure): Promise<void> {
  let failure = earlier
  for (let last = resources.pop(); last !== undefined; last = resources.pop()) {
    try {
      const result = last.dispose?.()
      if (last.isAsync) await result
    } catch (error) {
      failure = { error: failure === undefined ? error : suppressed(error, failure.error) }
    }
  }
  if (failure !== undefined) throw failure.error
}

/** One step after the other, each of which `guard` stands around. */
function eachGuarded(iterable: unknown, guard: AwaitGuard): AsyncIterable<unknown> {
  const source = iterable as Readonly<Record<symbol, unknown>>
  const isAsync = typeof source[Symbol.asyncIterator] === 'function'
  const open = isAsync ? source[Symbol.asyncIterator] : source[Symbol.iterator]
  if (typeof open !== 'function') throw new TypeError(`${String(iterable)} is not async iterable`)
  const iterator = open.call(source) as AsyncIterator<unknown>
  const step = async (result: unknown): Promise<IteratorResult<unknown>> => {
    const { done = false, value } = (await guard(result)) as IteratorResult<unknown>
    return { done, value: isAsync || done ? value : await guard(value) }
  }
  const guarded: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => guarded,
    next: () => step(iterator.next()),
    return: async (value) => {
      const result = await iterator.return?.(value as never)
      return result ?? { done: true, value }
    },
  }
  return guarded
}

export function makeCellScope(guard: AwaitGuard): CellScope {
  const resources: Resource[] = []
  return Object.assign((awaited: unknown) => guard(awaited), {
    each: (iterable: unknown) => eachGuarded(iterable, guard),
    use: (value: unknown, isAsync: boolean) => {
      resources.push(resourceOf(value, isAsync))
      return value
    },
    dispose: (failure?: Failure) => disposeAll(resources, failure),
  })
}

/** For cells that nobody interrupts. */
export const openGuard: AwaitGuard = (awaited) => Promise.resolve(awaited)
