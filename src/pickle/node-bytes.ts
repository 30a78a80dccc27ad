import { ObjectNode, type PythonNode } from './python-node.ts'
import { latin1Bytes } from './python-text.ts'

/** Makers of bytes out of bytes, or of text: protocols before 3 have no bytes of their own. */
const makers = new Set(['builtins.bytes', 'builtins.bytearray', '_codecs.encode'])

/** How deep they are nested at most: `bytearray(encode('…', 'latin1'))`. */
const nestingMax = 2

/** The packed form of a date, or the unit of dates. */
const shortBytesMax = 16

/**
 * The bytes that a node stands for; undefined when it does not. `spend` is told of each byte that
 * has to be made; without it, at most `shortBytesMax` are.
 */
export function bytesIn(
  node: PythonNode | undefined,
  spend?: (bytes: number) => void,
  depth = 0,
): Uint8Array | undefined {
  if (node instanceof Uint8Array) return node
  if (!(node instanceof ObjectNode) || depth > nestingMax) return undefined
  if (!makers.has(node.callee?.path ?? '')) return undefined
  const [content, encoding] = node.args
  if (content === undefined) return new Uint8Array()
  if (typeof content !== 'string') return bytesIn(content, spend, depth + 1)
  if (spend === undefined && content.length > shortBytesMax) return undefined
  spend?.(content.length)
  const isLatin1 = typeof encoding === 'string' && /^latin-?1$/.test(encoding)
  return isLatin1 ? latin1Bytes(content) : undefined
}
