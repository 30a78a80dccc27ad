import { Buffer } from 'node:buffer'
import process from 'node:process'
import { StringDecoder } from 'node:string_decoder'
import type { Output } from '../engine/mod.ts'

type StreamName = 'stdout' | 'stderr'
/** The part of a process that `Stdio` takes over. */
export type OutputStreams = Pick<typeof process, StreamName>
type Done = (error?: Error | null) => void
type Write = typeof process.stdout.write

/**
 * Takes over `process.stdout` and `process.stderr`, and with them `console`: what is written goes,
 * at once and in order, to the output of the request that runs or, between requests, of the last
 * one. Before the first request it goes where it went before.
 */
export class Stdio implements Disposable {
  #output: Output | undefined
  readonly #streams: OutputStreams
  readonly #originals: { readonly name: StreamName; readonly write: Write }[] = []

  constructor(streams: OutputStreams = process) {
    this.#streams = streams
    for (const name of ['stdout', 'stderr'] as const) this.#takeOver(name)
  }

  /** From now on `output` gets what is written. */
  attach(output: Output): void {
    this.#output = output
  }

  /** Where the streams went before. */
  get original(): Pick<Output, 'stream'> {
    return {
      stream: (name, text) => {
        const { write } = this.#originals.find((original) => original.name === name)!
        write.call(this.#streams[name], text)
      },
    }
  }

  /** Gives the streams back. */
  [Symbol.dispose](): void {
    for (const { name, write } of this.#originals.splice(0)) this.#streams[name].write = write
  }

  #takeOver(name: StreamName): void {
    const stream = this.#streams[name]
    const original = stream.write
    this.#originals.push({ name, write: original })
    // A character may be cut in two between one write and the next.
    const decoder = new StringDecoder('utf8')
    const write = (
      chunk: Uint8Array | string,
      encoding?: BufferEncoding | Done,
      done?: Done,
    ): boolean => {
      const output = this.#output
      if (output === undefined) {
        return original.call(stream, chunk, encoding as BufferEncoding, done)
      }
      const text =
        typeof chunk === 'string' ? textOf(chunk, encoding) : decoder.write(Buffer.from(chunk))
      if (text !== '') output.stream(name, text)
      const callback = typeof encoding === 'function' ? encoding : done
      if (callback !== undefined) process.nextTick(callback)
      return true
    }
    stream.write = write as Write
  }
}

function textOf(chunk: string, encoding: unknown): string {
  const isBinary = encoding === 'hex' || encoding === 'base64' || encoding === 'base64url'
  return isBinary ? Buffer.from(chunk, encoding).toString() : chunk
}
