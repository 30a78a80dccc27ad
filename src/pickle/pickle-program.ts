import { limits } from '../base/mod.ts'
import { MalformedError } from '../serialize/mod.ts'
import { opcodes } from './opcodes.ts'
import { PickleMachine } from './pickle-machine.ts'
import { ObjectNode, type PythonNode, TupleNode } from './python-node.ts'
import { decodeText, latin1, rawUnicodeEscape } from './python-text.ts'

type Step = (machine: PickleMachine) => void

const steps: (Step | undefined)[] = new Array(256).fill(undefined)

function on(opcode: keyof typeof opcodes, step: Step): void {
  steps[opcodes[opcode]] = step
}

/**
 * What a pickle builds. Nothing is imported, called or looked up.
 * @throws {MalformedError}
 */
export function runPickle(bytes: Uint8Array, buffers: readonly Uint8Array[] = []): PythonNode {
  const machine = new PickleMachine(bytes, buffers)
  for (;;) {
    const opcode = machine.input.uint8()
    if (opcode === opcodes.stop) return machine.result()
    const step = steps[opcode]
    if (step === undefined) {
      const shown = opcode.toString(16).padStart(2, '0')
      throw new MalformedError(`The bytes are no pickle: 0x${shown} is no opcode.`)
    }
    step(machine)
  }
}

function text(bytes: Uint8Array): string {
  const decoded = decodeText(bytes)
  if (decoded === undefined) throw new MalformedError('The pickle has text that is no UTF-8.')
  return decoded
}

/** An integer as a number where that is exact. */
function integer(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Two's complement, the lowest byte first. */
function longOf(bytes: Uint8Array): number | bigint {
  if (bytes.length > limits.pickleIntegerBytesMax) {
    throw new MalformedError('The pickle has an integer that is too long.')
  }
  if (bytes.length === 0) return 0
  let digits = ''
  for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i]!.toString(16).padStart(2, '0')
  return integer(BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits}`)))
}

/** As `long` writes it: `123L`. */
function decimal(line: string): number | bigint {
  const digits = line.trim().replace(/L$/, '')
  // The time that it takes grows with the square of the digits.
  if (!/^[+-]?\d{1,4300}$/.test(digits)) throw new MalformedError('The pickle has a bad integer.')
  return integer(BigInt(digits.replace(/^\+/, '')))
}

function decimalFloat(line: string): number {
  const word = line.trim().toLowerCase()
  if (/^[+-]?nan$/.test(word)) return Number.NaN
  if (/^\+?inf(inity)?$/.test(word)) return Number.POSITIVE_INFINITY
  if (/^-inf(inity)?$/.test(word)) return Number.NEGATIVE_INFINITY
  if (!/^[+-]?[\d.]+(e[+-]?\d+)?$/.test(word))
    throw new MalformedError('The pickle has a bad float.')
  return Number(word)
}

/** A string of Python 2 in quotes, with its escapes. */
function quoted(line: string): string {
  const match = /^(['"])(.*)\1$/s.exec(line.trim())
  if (match === null) throw new MalformedError('The pickle has a string without quotes.')
  const escapes: Record<string, string> = {
    n: '\n',
    r: '\r',
    t: '\t',
    '\\': '\\',
    "'": "'",
    '"': '"',
  }
  return match[2]!.replace(
    /\\(?:x([0-9a-fA-F]{2})|(.))/gs,
    (whole, code?: string, letter?: string) =>
      code === undefined
        ? (escapes[letter!] ?? whole)
        : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function setAll(target: PythonNode, items: readonly PythonNode[]): void {
  if (items.length % 2 !== 0) throw new MalformedError('The pickle has a key without a value.')
  let dict: Map<PythonNode, PythonNode>
  if (target instanceof Map) dict = target
  else if (target instanceof ObjectNode) dict = target.entries ??= new Map()
  else throw new MalformedError('The pickle sets items of what is no dict.')
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!)
}

function appendAll(target: PythonNode, items: readonly PythonNode[]): void {
  let list: PythonNode[]
  if (Array.isArray(target)) list = target
  else if (target instanceof ObjectNode) list = target.items ??= []
  else throw new MalformedError('The pickle appends to what is no list.')
  for (const item of items) list.push(item)
}

function addAll(target: PythonNode, items: readonly PythonNode[]): void {
  if (target instanceof Set) for (const item of items) target.add(item)
  else appendAll(target, items)
}

function notWithoutRegistry(): never {
  throw new MalformedError('The pickle refers to a table that only its writer has.')
}

// Scalars.
on('none', (m) => m.push(null))
on('newTrue', (m) => m.push(true))
on('newFalse', (m) => m.push(false))
on('binInt', (m) => m.push(m.input.int32()))
on('binInt1', (m) => m.push(m.input.uint8()))
on('binInt2', (m) => m.push(m.input.uint16()))
on('long1', (m) => m.push(longOf(m.input.bytes(m.input.uint8()))))
on('long4', (m) => m.push(longOf(m.input.bytes(m.input.int32()))))
on('binFloat', (m) => m.push(m.input.float64()))
on('float', (m) => m.push(decimalFloat(m.input.line())))
on('long', (m) => m.push(decimal(m.input.line())))
on('int', (m) => {
  const line = m.input.line()
  m.push(line === '01' ? true : line === '00' ? false : decimal(line))
})

// Text and bytes.
on('shortBinUnicode', (m) => m.push(text(m.input.bytes(m.input.uint8()))))
on('binUnicode', (m) => m.push(text(m.input.bytes(m.input.uint32()))))
on('binUnicode8', (m) => m.push(text(m.input.bytes(m.input.uint64()))))
on('unicode', (m) => m.push(rawUnicodeEscape(m.input.lineBytes())))
on('shortBinString', (m) => m.push(latin1(m.input.bytes(m.input.uint8()))))
on('binString', (m) => m.push(latin1(m.input.bytes(m.input.int32()))))
on('string', (m) => m.push(quoted(m.input.line())))
on('shortBinBytes', (m) => m.push(m.input.bytes(m.input.uint8())))
on('binBytes', (m) => m.push(m.input.bytes(m.input.uint32())))
on('binBytes8', (m) => m.push(m.input.bytes(m.input.uint64())))
on('byteArray8', (m) => m.push(m.input.bytes(m.input.uint64())))
on('nextBuffer', (m) => m.push(m.nextBuffer()))
on('readOnlyBuffer', (m) => void m.peek())

// Containers.
on('emptyList', (m) => m.push([]))
on('emptyDict', (m) => m.push(new Map()))
on('emptySet', (m) => m.push(new Set()))
on('emptyTuple', (m) => m.push(new TupleNode([])))
on('tuple1', (m) => m.push(new TupleNode(m.popMany(1))))
on('tuple2', (m) => m.push(new TupleNode(m.popMany(2))))
on('tuple3', (m) => m.push(new TupleNode(m.popMany(3))))
on('tuple', (m) => m.push(new TupleNode(m.popToMark())))
on('list', (m) => m.push(m.popToMark()))
on('frozenSet', (m) => m.push(new Set(m.popToMark())))
on('dict', (m) => {
  const items = m.popToMark()
  const dict = new Map<PythonNode, PythonNode>()
  setAll(dict, items)
  m.push(dict)
})
on('append', (m) => {
  const item = m.pop()
  appendAll(m.peek(), [item])
})
on('appends', (m) => {
  const items = m.popToMark()
  appendAll(m.peek(), items)
})
on('setItem', (m) => {
  const items = m.popMany(2)
  setAll(m.peek(), items)
})
on('setItems', (m) => {
  const items = m.popToMark()
  setAll(m.peek(), items)
})
on('addItems', (m) => {
  const items = m.popToMark()
  addAll(m.peek(), items)
})

// The stack and the memo.
on('mark', (m) => m.mark())
on('pop', (m) => m.discard())
on('popMark', (m) => void m.popToMark())
on('dup', (m) => m.push(m.peek()))
on('put', (m) => m.remember(Number(decimal(m.input.line()))))
on('binPut', (m) => m.remember(m.input.uint8()))
on('longBinPut', (m) => m.remember(m.input.uint32()))
on('memoize', (m) => m.memoize())
on('get', (m) => m.recall(Number(decimal(m.input.line()))))
on('binGet', (m) => m.recall(m.input.uint8()))
on('longBinGet', (m) => m.recall(m.input.uint32()))

// Objects.
on('global', (m) => m.push(m.global(text(m.input.lineBytes()), text(m.input.lineBytes()))))
on('stackGlobal', (m) => {
  const [module, name] = m.popMany(2)
  m.push(m.global(module!, name!))
})
on('reduce', (m) => {
  const [callee, args] = m.popMany(2)
  m.push(m.object(callee!, args!))
})
on('newObj', (m) => {
  const [callee, args] = m.popMany(2)
  m.push(m.object(callee!, args!))
})
on('newObjEx', (m) => {
  const [callee, args, keywords] = m.popMany(3)
  m.push(m.object(callee!, args!, keywords))
})
on('inst', (m) => {
  const callee = m.global(text(m.input.lineBytes()), text(m.input.lineBytes()))
  m.push(new ObjectNode(callee, m.popToMark()))
})
on('obj', (m) => {
  const [callee, ...args] = m.popToMark()
  if (callee === undefined) throw new MalformedError('The pickle makes an object of no class.')
  m.push(m.object(callee, new TupleNode(args)))
})
on('build', (m) => {
  const state = m.pop()
  const target = m.peek()
  // Whatever else Python would set attributes of has none here.
  if (target instanceof ObjectNode) target.state = state
})
on('persId', notWithoutRegistry)
on('binPersId', notWithoutRegistry)
on('ext1', notWithoutRegistry)
on('ext2', notWithoutRegistry)
on('ext4', notWithoutRegistry)

// What stands around it.
on('proto', (m) => {
  const version = m.input.uint8()
  if (version > 5) throw new MalformedError(`The pickle has protocol ${version}, which is newer.`)
})
on('frame', (m) => {
  const length = m.input.uint64()
  if (length > m.input.length - m.input.position) throw new MalformedError('The pickle is cut off.')
})
