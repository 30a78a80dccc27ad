import type { BuiltinBrand } from './brand.ts'
import { tags } from './format.ts'
import { mapSegment } from './path.ts'
import type { ValueWriter } from './value-writer.ts'
import { viewKinds } from './view-kinds.ts'
import { writeArray } from './write-array.ts'
import { writeError } from './write-error.ts'

const viewName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get!

/** Writes an object of a builtin class. Methods are those of the language, not overriding ones. */
export function writeBuiltin(writer: ValueWriter, value: object, brand: BuiltinBrand): void {
  switch (brand) {
    case 'Array':
      writeArray(writer, value as unknown[])
      break
    case 'View':
    case 'Buffer':
      writeView(writer, value as ArrayBufferView, brand)
      break
    case 'ArrayBuffer':
      writeArrayBuffer(writer, value as ArrayBuffer)
      break
    case 'Map':
      writeMap(writer, value as Map<unknown, unknown>)
      break
    case 'Set':
      writeSet(writer, value as Set<unknown>)
      break
    case 'Date':
      writer.out.uint8(tags.date)
      writer.out.float64(Date.prototype.getTime.call(value))
      break
    case 'RegExp':
      writeRegExp(writer, value as RegExp)
      break
    case 'URL':
      writer.out.uint8(tags.url)
      writer.text((value as { href: string }).href)
      break
    case 'Boxed':
      writer.out.uint8(tags.boxed)
      writer.write((value as { valueOf(): unknown }).valueOf())
      break
    case 'Error':
      writeError(writer, value as Error)
      break
    case 'DOMException':
      writeDomException(writer, value as Error)
      break
  }
}

function writeView(writer: ValueWriter, view: ArrayBufferView, brand: 'View' | 'Buffer'): void {
  const name: unknown = brand === 'Buffer' ? brand : (viewName.call(view) ?? 'DataView')
  const kind = viewKinds.findIndex((each) => each.name === name)
  if (kind < 0) writer.fail(`it is a ${String(name)}, which this version does not know`)
  const { bytes } = viewKinds[kind]!
  writer.out.uint8(tags.view)
  writer.out.uint8(kind)
  writer.out.varint(view.byteLength / bytes)
  writer.memory.view(view, bytes)
}

function writeArrayBuffer({ out, memory }: ValueWriter, buffer: ArrayBuffer): void {
  out.uint8(tags.arrayBuffer)
  out.varint(buffer.byteLength)
  memory.buffer(buffer)
}

function writeMap(writer: ValueWriter, map: Map<unknown, unknown>): void {
  // The entries first, for a getter among them may add or delete some.
  const entries = Array.from(Map.prototype.entries.call(map))
  writer.out.uint8(tags.map)
  writer.out.varint(entries.length)
  for (const [key, value] of entries) {
    const segment = mapSegment(key)
    writer.child(segment, key)
    writer.child(segment, value)
  }
}

function writeSet(writer: ValueWriter, set: Set<unknown>): void {
  const values = Array.from(Set.prototype.values.call(set))
  writer.out.uint8(tags.set)
  writer.out.varint(values.length)
  values.forEach((value, index) => {
    writer.child(index, value)
  })
}

function writeRegExp(writer: ValueWriter, regExp: RegExp): void {
  writer.out.uint8(tags.regExp)
  writer.text(regExp.source)
  writer.text(regExp.flags)
  writer.write(regExp.lastIndex)
}

function writeDomException(writer: ValueWriter, error: Error): void {
  writer.out.uint8(tags.domException)
  writer.text(error.message)
  writer.text(error.name)
  writer.write(error.stack)
}
