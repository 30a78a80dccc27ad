import { messageOf } from '../base/mod.ts'
import { PythonTuple, Reference, UnserializableError } from '../serialize/mod.ts'
import { arrayBytes, describeArray, type PackedArray } from './packed-array.ts'
import { isPlain, PickleWriter } from './pickle-writer.ts'
import { byCodePoint, cannedItemsMax } from './python-value.ts'

/** Buffers that are larger travel in a frame of their own: `jupyter_client.session.MAX_BYTES`. */
const inlineBytesMax = 1024

const canning = 'ipyparallel.serialize.canning'

/**
 * A value as Python's ipyparallel deserialises it: one pickle, then the buffers that are too large
 * for it. The latter are views of the value's own memory. Source: protocol reference §14.2, §14.3.
 * @throws {UnserializableError} with a path that starts with `root`.
 */
export function writePythonValue(value: unknown, root = 'value'): Uint8Array[] {
  const frames: Uint8Array[] = []
  const writer = new CanningWriter(root, frames)
  try {
    writer.writeWhole(value)
  } catch (thrown) {
    if (thrown instanceof UnserializableError) throw thrown
    // A getter of the value, or whatever else it runs when it is looked at.
    writer.refuse(`reading it failed: ${messageOf(thrown)}`, thrown)
  }
  return [writer.finish(), ...frames]
}

/** Writes what ipyparallel looks at itself: the value, or the elements of a small container. */
class CanningWriter extends PickleWriter {
  readonly #frames: Uint8Array[]

  constructor(root: string, frames: Uint8Array[]) {
    super(root)
    this.#frames = frames
  }

  writeWhole(value: unknown): void {
    const canned = (item: unknown): void => this.#writeCanned(item)
    if (Array.isArray(value) && value.length < cannedItemsMax) {
      this.list(value, canned)
    } else if (value instanceof PythonTuple && value.items.length < cannedItemsMax) {
      this.tuple(value.items, canned)
    } else if (value instanceof Map) {
      this.#writeMap(value)
    } else if (typeof value === 'object' && value !== null && isPlain(value)) {
      const entries = Object.entries(value)
      if (entries.length < cannedItemsMax) this.dict(entries.sort(byKey), canned)
      else this.write(value)
    } else {
      canned(value)
    }
  }

  /** Python sorts the keys of a small dict, which it cannot when they are of several types. */
  #writeMap(map: ReadonlyMap<unknown, unknown>): void {
    const keys = [...map.keys()]
    if (map.size >= cannedItemsMax) this.write(map)
    else if (keys.every((key) => typeof key === 'string')) {
      const entries = [...(map as ReadonlyMap<string, unknown>)]
      this.dict(entries.sort(byKey), (item) => this.#writeCanned(item))
    } else if (keys.every((key) => typeof key === 'number')) {
      this.write(map)
    } else {
      this.global('collections', 'OrderedDict')
      this.out.op('emptyTuple')
      this.out.op('reduce')
      this.entries(map, (item) => this.write(item))
    }
  }

  #writeCanned(value: unknown): void {
    const object = typeof value === 'object' && value !== null ? value : {}
    const bytes = arrayBytes(object)
    const array = bytes === undefined ? describeArray(object) : undefined
    if (value instanceof Reference) this.#reference(value)
    else if (bytes !== undefined && bytes.length > inlineBytesMax) {
      this.#canned('CannedBytes', () => this.#buffers(bytes))
    } else if (array !== undefined && array.bytes.length > 0) {
      this.#canned('CannedArray', () => this.#array(array))
    } else {
      // An empty array, too: ipyparallel cannot make one out of nothing.
      this.write(value)
    }
  }

  #reference({ expression }: Reference): void {
    this.#canned('Reference', () => {
      this.text('name')
      this.text(expression)
      this.text('buffers')
      this.out.op('emptyList')
    })
  }

  #array({ code, shape, bytes }: PackedArray): void {
    this.text('shape')
    this.tuple(shape, (length) => this.write(length))
    this.text('dtype')
    this.text(code)
    this.text('pickled')
    this.out.op('newFalse')
    this.#buffers(bytes)
  }

  #buffers(bytes: Uint8Array): void {
    this.text('buffers')
    this.out.op('emptyList')
    if (bytes.length > inlineBytesMax) {
      this.#frames.push(bytes)
      this.out.op('none')
    } else {
      this.bytes(bytes)
    }
    this.out.op('append')
  }

  /** An instance whose attributes `writeState` writes, name and value in turn. */
  #canned(name: string, writeState: () => void): void {
    this.global(canning, name)
    this.out.op('emptyTuple')
    this.out.op('newObj')
    this.out.op('emptyDict')
    this.out.op('mark')
    writeState()
    this.out.op('setItems')
    this.out.op('build')
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return byCodePoint(a, b)
}
