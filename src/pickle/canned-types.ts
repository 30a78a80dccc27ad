import type { KnownType } from './known-types.ts'
import { makeArray, readElementType, readShape } from './numpy-values.ts'
import type { ObjectNode, PythonNode } from './python-node.ts'
import type { ValueMaker } from './value-maker.ts'

const module = 'ipyparallel.serialize.canning.'

/**
 * What ipyparallel wraps values in before it pickles them. Source: protocol reference §14.2.
 */
export const cannedTypes: ReadonlyMap<string, KnownType> = new Map<string, KnownType>([
  [`${module}CannedBytes`, firstBuffer],
  [`${module}CannedMemoryView`, firstBuffer],
  [`${module}CannedBuffer`, firstBuffer],
  [`${module}CannedArray`, cannedArray],
  [
    `${module}CannedFunction`,
    (node, maker) => maker.makeCode('function', node.attribute('__name__')),
  ],
  [`${module}CannedClass`, (node, maker) => maker.makeCode('class', node.attribute('name'))],
  [`${module}CannedPartial`, (_, maker) => maker.makeCode('functools.partial', undefined)],
  [`${module}CannedObject`, (_, maker) => maker.makeCode('dependent function', undefined)],
])

function bufferOf(node: ObjectNode): PythonNode | undefined {
  const buffers = node.attribute('buffers')
  return Array.isArray(buffers) ? buffers[0] : undefined
}

function firstBuffer(node: ObjectNode): unknown {
  const bytes = bufferOf(node)
  return bytes instanceof Uint8Array ? bytes : undefined
}

function cannedArray(node: ObjectNode, maker: ValueMaker): unknown {
  const bytes = bufferOf(node)
  if (!(bytes instanceof Uint8Array)) return undefined
  if (node.attribute('pickled') === true) return maker.makePickled(bytes)
  const type = readElementType(node.attribute('dtype'))
  const shape = readShape(node.attribute('shape'))
  if (type === undefined || shape === undefined) return undefined
  maker.spend(bytes.length)
  return makeArray(type, shape, bytes, false)
}
