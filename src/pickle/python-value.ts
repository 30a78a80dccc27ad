import { messageOf } from '../base/mod.ts'
import { HookFailure, MalformedError } from '../serialize/mod.ts'
import { runPickle } from './pickle-program.ts'
import { ObjectNode, type PythonNode, TupleNode } from './python-node.ts'
import { type PythonHooks, ValueMaker } from './value-maker.ts'

/** Containers of as many items are pickled as they are: `jupyter_client.session.MAX_ITEMS`. */
export const cannedItemsMax = 64

const canningModule = 'ipyparallel.serialize.canning'

/** What an object of ipyparallel's takes from the frames that follow its own. */
class Frames {
  readonly #frames: readonly Uint8Array[]
  #at: number

  constructor(frames: readonly Uint8Array[], at: number) {
    this.#frames = frames
    this.#at = at
  }

  get position(): number {
    return this.#at
  }

  next(): Uint8Array {
    const frame = this.#frames[this.#at++]
    if (frame === undefined) throw new MalformedError('A frame is missing.')
    return frame
  }
}

/** Puts the frames out of band back into the object that they were taken from. */
function refill(node: PythonNode | undefined, frames: Frames): void {
  if (!(node instanceof ObjectNode) || node.callee?.module !== canningModule) return
  const buffers = node.attribute('buffers')
  if (!Array.isArray(buffers)) return
  for (let i = 0; i < buffers.length; i++) if (buffers[i] === null) buffers[i] = frames.next()
}

/** Python's order of keys, which is that of code points. Mixed keys never get here from Python. */
function sortedKeys(dict: ReadonlyMap<PythonNode, PythonNode>): PythonNode[] {
  const keys = [...dict.keys()]
  return keys.every((key) => typeof key === 'string')
    ? (keys as string[]).sort(byCodePoint)
    : keys.sort((a, b) => Number(a) - Number(b))
}

/** Compares two texts as Python does. */
export function byCodePoint(a: string, b: string): number {
  const isPlain = !/[\ud800-\uffff]/.test(a + b)
  if (isPlain) return a < b ? -1 : a > b ? 1 : 0
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** The nodes of the object that starts at `frames[offset]`, its buffers in place. */
export function readNode(
  frames: readonly Uint8Array[],
  offset: number,
): { node: PythonNode; used: number } {
  const rest = new Frames(frames, offset)
  const node = runPickle(rest.next())
  const items = node instanceof TupleNode ? node.items : node
  if ((Array.isArray(items) || items instanceof Set) && sizeOf(items) < cannedItemsMax) {
    for (const item of items) refill(item, rest)
  } else if (node instanceof Map && node.size < cannedItemsMax) {
    for (const key of sortedKeys(node)) refill(node.get(key), rest)
  } else {
    refill(node, rest)
  }
  return { node, used: rest.position - offset }
}

function sizeOf(items: readonly unknown[] | ReadonlySet<unknown>): number {
  return Array.isArray(items) ? items.length : (items as ReadonlySet<unknown>).size
}

/** Runs `read`, and says of whatever else goes wrong that the bytes are at fault. */
export function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof MalformedError) throw thrown
    if (thrown instanceof HookFailure) throw thrown.thrown
    throw new MalformedError(`The value could not be read: ${messageOf(thrown)}`, { cause: thrown })
  }
}

/**
 * A value that Python's ipyparallel serialised: one pickle, and the buffers that belong to it.
 * Nothing is run; what is not understood becomes a `PythonObject`.
 * @throws {MalformedError}
 */
export function readPythonValue(
  frames: readonly Uint8Array[],
  offset = 0,
  hooks: PythonHooks = {},
): { value: unknown; used: number } {
  return readValue(frames, offset, new ValueMaker(lengthOf(frames), hooks))
}

/** As `readPythonValue`, one of several values that come together. */
export function readValue(
  frames: readonly Uint8Array[],
  offset: number,
  maker: ValueMaker,
): { value: unknown; used: number } {
  return guarded(() => {
    const { node, used } = readNode(frames, offset)
    return { value: maker.make(node), used }
  })
}

/** Bytes in all frames. */
export function lengthOf(frames: readonly Uint8Array[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0)
}
