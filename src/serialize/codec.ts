import { ArgumentError, limits, messageOf } from '../base/mod.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { MalformedError } from './errors.ts'
import { layouts, magic } from './format.ts'
import type { FunctionCodec } from './function-codec.ts'
import { MemoryReader } from './memory-reader.ts'
import { type DecodeHooks, HookFailure, ValueReader } from './value-reader.ts'
import { ValueWriter } from './value-writer.ts'

/** What `Codec.decode` read. */
export interface Decoded {
  readonly value: unknown
  /** How many frames the value took. */
  readonly used: number
  /**
   * A function in it may serve another call: it refers to no namespace, and what it captured
   * neither changes nor is assigned to.
   */
  readonly isStateless: boolean
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * Values as frames of bytes and back, between our own peers.
 *
 * What travels: every primitive (registered and well-known symbols only), arrays, plain objects,
 * `Map`, `Set`, `Date`, `RegExp`, errors, typed arrays, buffers, `URL`, functions, classes and
 * instances of classes that can travel; shared and cyclic references and memory shared by views
 * stay shared within one value.
 *
 * What does not: non-enumerable and symbol-keyed properties, named properties of arrays,
 * accessors (their value travels), and whether an object is frozen.
 */
export class Codec {
  readonly #functions: FunctionCodec
  #scratch: ByteWriter | undefined = new ByteWriter()

  /** @throws {ArgumentError} on a big-endian machine, where the memory of typed arrays differs. */
  constructor(functions: FunctionCodec) {
    if (!isLittleEndian) throw new ArgumentError('This machine is big-endian; iparallel is not.')
    this.#functions = functions
  }

  /**
   * The first frame, then those out of band. The latter are views of the value's own memory: do
   * not transfer them away, and expect changes made before they are sent to be seen.
   * `root` is what an error's path starts with.
   * @throws {UnserializableError}
   */
  encode(value: unknown, root = 'value'): Uint8Array[] {
    // A getter of the value may itself encode something; that call makes scratch of its own.
    const out = this.#scratch ?? new ByteWriter()
    this.#scratch = undefined
    try {
      out.clear()
      out.uint8(magic)
      out.uint8(layouts.plain)
      const writer = new ValueWriter(out, this.#functions, root)
      writer.encode(value)
      if (writer.memory.isEmpty) return [out.take()]
      const table = out.length
      const frames = writer.memory.finish(out)
      out.int32(table)
      out.int32(frames.length)
      out.setUint8(1, layouts.withMemory)
      return [out.take(), ...frames]
    } finally {
      this.#scratch = out.capacity > limits.codecScratchBytesMax ? new ByteWriter() : out
    }
  }

  /**
   * The value that starts at `frames[offset]`. Large typed arrays are views of the frames where
   * their alignment allows it.
   * @throws {MalformedError} also when a function in it cannot be built here.
   */
  decode(frames: readonly Uint8Array[], offset = 0, hooks: DecodeHooks = {}): Decoded {
    const first = frames[offset]
    if (first === undefined) throw new MalformedError('A frame is missing.')
    if (first[0] !== magic) throw new MalformedError('The bytes are no encoded value.')
    try {
      return this.#decode(first, frames, offset, hooks)
    } catch (thrown) {
      if (thrown instanceof MalformedError) throw thrown
      if (thrown instanceof HookFailure) throw thrown.thrown
      const message = `The value could not be made again: ${messageOf(thrown)}`
      throw new MalformedError(message, { cause: thrown })
    }
  }

  #decode(
    first: Uint8Array,
    frames: readonly Uint8Array[],
    offset: number,
    hooks: DecodeHooks,
  ): Decoded {
    const input = new ByteReader(first)
    let used = 1
    let end = first.length
    let memory: MemoryReader
    if (first[1] === layouts.withMemory) {
      const table = new ByteReader(first)
      table.window(Math.max(first.length - 8, 2), first.length)
      end = table.uint32()
      used += table.uint32()
      table.window(end, first.length - 8)
      if (offset + used > frames.length) throw new MalformedError('A frame is missing.')
      memory = new MemoryReader(table, frames.slice(offset + 1, offset + used))
    } else {
      memory = new MemoryReader(undefined, [])
    }
    input.window(2, end)
    const reader = new ValueReader(input, memory, this.#functions, hooks)
    const value = reader.decode()
    return { value, used, isStateless: reader.isStateless }
  }
}

/** Whether `frame` begins a value of ours, rather than a pickle or anything else. */
export function isEncoded(frame: Uint8Array): boolean {
  return frame[0] === magic
}
