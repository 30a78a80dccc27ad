import { Buffer } from 'node:buffer'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import process from 'node:process'

type FsModule = typeof import('node:fs')
type StreamName = 'stdout' | 'stderr'

const names: Readonly<Record<number, StreamName>> = { 1: 'stdout', 2: 'stderr' }

/** The part of `data` that `fs.write` would write. */
function chunkOf(data: unknown, rest: readonly unknown[]): Uint8Array | string {
  if (!ArrayBuffer.isView(data)) {
    const encoding = typeof rest[1] === 'string' ? (rest[1] as BufferEncoding) : 'utf8'
    return encoding === 'utf8' ? String(data) : Buffer.from(String(data), encoding)
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const [first, length] = rest
  const range = (typeof first === 'object' ? first : { offset: first, length }) as {
    readonly offset?: unknown
    readonly length?: unknown
  } | null
  const offset = typeof range?.offset === 'number' ? range.offset : 0
  const count = typeof range?.length === 'number' ? range.length : bytes.length - offset
  return bytes.subarray(offset, offset + count)
}

/** With the name of Node's own, and with what `util.promisify` finds on it. */
function likeOriginal<T extends object>(original: object, replacement: T): T {
  return Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original))
}

/** What is written with `node:fs` on descriptors 1 and 2 goes the way of `process.stdout.write`. */
export class DescriptorWrites implements Disposable {
  readonly #module: FsModule
  readonly #originals: Pick<FsModule, 'write' | 'writeSync'>
  /** The stream may itself be one that writes on its descriptor. */
  #isWriting = false

  constructor() {
    const module = createRequire(import.meta.url)('node:fs') as FsModule
    const { write, writeSync } = module
    this.#module = module
    this.#originals = { write, writeSync }
    Object.assign(module, {
      writeSync: likeOriginal(
        writeSync,
        (descriptor: number, data: unknown, ...rest: unknown[]): number =>
          this.#take(descriptor, data, rest) ??
          (writeSync as (...args: unknown[]) => number)(descriptor, data, ...rest),
      ),
      write: likeOriginal(write, (descriptor: number, data: unknown, ...rest: unknown[]): void => {
        const done = rest.at(-1)
        const written =
          typeof done === 'function' ? this.#take(descriptor, data, rest.slice(0, -1)) : undefined
        if (written === undefined) {
          ;(write as (...args: unknown[]) => void)(descriptor, data, ...rest)
        } else process.nextTick(done as () => void, null, written, data)
      }),
    })
    syncBuiltinESMExports()
  }

  [Symbol.dispose](): void {
    Object.assign(this.#module, this.#originals)
    syncBuiltinESMExports()
  }

  /** The number of bytes, or undefined when this is nothing of ours. */
  #take(descriptor: number, data: unknown, rest: readonly unknown[]): number | undefined {
    const name = names[descriptor]
    if (name === undefined || this.#isWriting) return undefined
    this.#isWriting = true
    try {
      const chunk = chunkOf(data, rest)
      process[name].write(chunk)
      return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
    } finally {
      this.#isWriting = false
    }
  }
}
