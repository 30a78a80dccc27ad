import { limits } from '../base/mod.ts'
import { Complex } from '../serialize/mod.ts'
import { cannedTypes } from './canned-types.ts'
import { readDatetime } from './datetime.ts'
import { bytesIn } from './node-bytes.ts'
import { makeArray, makeNested, makeScalar, readElementType, readShape } from './numpy-values.ts'
import { GlobalNode, ObjectNode, type PythonNode, TupleNode } from './python-node.ts'
import { PythonObject } from './python-object.ts'
import type { ValueMaker } from './value-maker.ts'

/** Makes a value of an object of one type; undefined when it is not as that type writes it. */
export type KnownType = (node: ObjectNode, maker: ValueMaker) => unknown

/** What a reference from one object to another takes, roughly. */
const itemBytes = 8

const exceptionName =
  /^(?:Base)?Exception(?:Group)?$|^(?:[A-Z]\w*)?(?:Error|Warning|Exit|Interrupt|Iteration)$/

/** The types that are understood; everything else stays opaque. */
export function knownTypes(callee: GlobalNode | undefined): KnownType | undefined {
  if (callee === undefined) return undefined
  const known = types.get(callee.path) ?? cannedTypes.get(callee.path)
  if (known !== undefined) return known
  return callee.module === 'builtins' && exceptionName.test(callee.name) ? exception : undefined
}

/** The type of what an object is, for people: a factory may not say by its name what it makes. */
export function typeOf({ callee, args: [first] }: ObjectNode): string {
  if (callee === undefined) return 'object'
  // Private ones are told the class first: `_reconstruct(numpy.matrix, …)`.
  if (callee.name.startsWith('_') && first instanceof GlobalNode) return first.path
  return madeBy.get(callee.path) ?? callee.path
}

const madeBy: ReadonlyMap<string, string> = new Map([
  ['ipyparallel.serialize.canning.CannedArray', 'numpy.ndarray'],
  ['numpy.core.numeric._frombuffer', 'numpy.ndarray'],
])

const types: ReadonlyMap<string, KnownType> = new Map<string, KnownType>([
  ['builtins.set', set],
  ['builtins.frozenset', set],
  ['builtins.list', list],
  ['builtins.tuple', list],
  ['collections.deque', list],
  ['builtins.dict', dict],
  ['collections.OrderedDict', dict],
  ['collections.defaultdict', (node, maker) => maker.makeDict(node, node.entries ?? new Map())],
  ['collections.Counter', dict],
  ['builtins.bytes', bytes],
  ['builtins.bytearray', bytes],
  ['_codecs.encode', bytes],
  ['builtins.complex', complex],
  ['builtins.range', range],
  ['builtins.xrange', range],
  ['datetime.datetime', readDatetime],
  ['numpy.core.multiarray._reconstruct', reconstructedArray],
  ['numpy.core.numeric._frombuffer', bufferArray],
  ['numpy.ndarray', calledArray],
  ['numpy.core.multiarray.scalar', scalar],
])

function itemsOf(node: PythonNode | undefined): readonly PythonNode[] | undefined {
  if (node instanceof TupleNode) return node.items
  if (node instanceof Set) return [...node]
  return Array.isArray(node) ? node : undefined
}

function set(node: ObjectNode, maker: ValueMaker): unknown {
  const items = itemsOf(node.args[0] ?? [])
  if (items === undefined) return undefined
  maker.spend(items.length * itemBytes)
  return new Set(items.map((item) => maker.make(item)))
}

function list(node: ObjectNode, maker: ValueMaker): unknown {
  const items = itemsOf(node.args[0] ?? [])
  if (items === undefined) return undefined
  maker.spend((items.length + (node.items?.length ?? 0)) * itemBytes)
  return [...items, ...(node.items ?? [])].map((item) => maker.make(item))
}

function dict(node: ObjectNode, maker: ValueMaker): unknown {
  const [first] = node.args
  if (node.entries !== undefined) return maker.makeDict(node, node.entries)
  if (first === undefined) return {}
  if (!(first instanceof Map)) return undefined
  maker.spend(first.size * itemBytes)
  return maker.makeDict(node, first)
}

function bytes(node: ObjectNode, maker: ValueMaker): unknown {
  return bytesIn(node, (count) => maker.spend(count))
}

function complex({ args: [re, im] }: ObjectNode): unknown {
  return typeof re === 'number' && typeof im === 'number' ? new Complex(re, im) : undefined
}

/** A range becomes an array, unless that would be a very large one. */
function range({ args }: ObjectNode, maker: ValueMaker): unknown {
  const [start, stop, step] = args
  if (![start, stop, step].every(Number.isSafeInteger)) return undefined
  const [from, to, by] = args as readonly number[]
  const length = by === 0 ? 0 : Math.max(0, Math.ceil((to! - from!) / by!))
  if (length > limits.pickleRangeItemsMax) return undefined
  maker.spend(length * itemBytes)
  return Array.from({ length }, (_, i) => from! + i * by!)
}

/** An `Error` with the class as its name; nothing of it can be traced to where it was raised. */
function exception(node: ObjectNode, maker: ValueMaker): unknown {
  const args = node.args.map((arg) => maker.make(arg))
  const texts = args.map(shown)
  maker.spend(texts.reduce((sum, text) => sum + text.length, 0))
  const error = new Error(texts.join(', '))
  Object.defineProperty(error, 'name', { value: node.callee!.name, configurable: true })
  error.stack = `${error.name}: ${error.message}`
  return error
}

/** An argument of an exception; what is large is for nobody to read, and slow to write. */
function shown(arg: unknown): string {
  if (typeof arg === 'bigint' && BigInt.asIntN(1024, arg) !== arg) return '…'
  if (typeof arg === 'object' && arg !== null && !(arg instanceof PythonObject)) return '…'
  return String(arg)
}

/** Source: `ndarray.__reduce__`: version, shape, type, whether in Fortran's order, data. */
function reconstructedArray(node: ObjectNode, maker: ValueMaker): unknown {
  const [subtype] = node.args
  const isPlain = subtype instanceof GlobalNode && subtype.path === 'numpy.ndarray'
  if (!isPlain || !(node.state instanceof TupleNode)) return undefined
  const [shapeNode, typeNode, isFortran, data] = node.state.items.slice(-4)
  const type = readElementType(typeNode)
  const shape = readShape(shapeNode)
  if (type === undefined || shape === undefined) return undefined
  if (Array.isArray(data) && type.code.startsWith('O')) {
    maker.spend(data.length * itemBytes)
    const items = data.map((item) => maker.make(item))
    return makeNested(items, shape, isFortran === true)
  }
  const content = contentOf(data, maker)
  return content && makeArray(type, shape, content, isFortran === true)
}

/** The bytes of elements, of which a copy may have to be made. */
function contentOf(node: PythonNode | undefined, maker: ValueMaker): Uint8Array | undefined {
  const content = bytesIn(node, (count) => maker.spend(count))
  if (content !== undefined) maker.spend(content.length)
  return content
}

/** Protocol 5. Source: `numpy.core.numeric._frombuffer(buffer, dtype, shape, order)`. */
function bufferArray(node: ObjectNode, maker: ValueMaker): unknown {
  const [buffer, typeNode, shapeNode, order] = node.args
  const content = contentOf(buffer, maker)
  const type = readElementType(typeNode)
  const shape = readShape(shapeNode)
  if (type === undefined || shape === undefined || content === undefined) return undefined
  return makeArray(type, shape, content, order === 'F')
}

/** As our own writer has it: `ndarray(shape, dtype, buffer)`. */
function calledArray(
  { callee, args: [shape, type, buffer] }: ObjectNode,
  maker: ValueMaker,
): unknown {
  if (shape === undefined || type === undefined || buffer === undefined) return undefined
  return bufferArray(new ObjectNode(callee, [buffer, type, shape]), maker)
}

function scalar(node: ObjectNode, maker: ValueMaker): unknown {
  const [typeNode, data] = node.args
  const type = readElementType(typeNode)
  const content = contentOf(data, maker)
  return type !== undefined && content !== undefined ? makeScalar(type, content) : undefined
}
