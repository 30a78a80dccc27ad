import { MalformedError } from '../serialize/mod.ts'
import { PickleInput } from './pickle-input.ts'
import { GlobalNode, moduleToday, ObjectNode, type PythonNode, TupleNode } from './python-node.ts'

/** Names of modules and classes are not longer; what is shown of one that is, is cut. */
const nameCharsMax = 512

/**
 * The stack machine that a pickle is a program for, without the power to call anything: where
 * Python would call, an `ObjectNode` says what and with what.
 * Source: `pickle._Unpickler` of Python 3.
 */
export class PickleMachine {
  readonly input: PickleInput
  readonly #buffers: readonly Uint8Array[]
  readonly #stack: PythonNode[] = []
  /** Heights of the stack. */
  readonly #marks: number[] = []
  readonly #memo: PythonNode[] = []
  #memoSize = 0
  #nextBuffer = 0

  /** `buffers` are those out of band, of protocol 5. */
  constructor(bytes: Uint8Array, buffers: readonly Uint8Array[] = []) {
    this.input = new PickleInput(bytes)
    this.#buffers = buffers
  }

  push(node: PythonNode): void {
    this.#stack.push(node)
  }

  /** @throws {MalformedError} when nothing is there, or all that is belongs before a mark. */
  pop(): PythonNode {
    if (this.#stack.length <= this.#floor) throw new MalformedError('The pickle takes too much.')
    return this.#stack.pop()!
  }

  peek(): PythonNode {
    if (this.#stack.length <= this.#floor) throw new MalformedError('The pickle takes too much.')
    return this.#stack.at(-1)!
  }

  /** POP takes a mark away when nothing stands above it. */
  discard(): void {
    if (this.#stack.length === this.#floor && this.#marks.length > 0) this.#marks.pop()
    else this.pop()
  }

  mark(): void {
    this.#marks.push(this.#stack.length)
  }

  popToMark(): PythonNode[] {
    const height = this.#marks.pop()
    if (height === undefined) throw new MalformedError('The pickle has no mark where it needs one.')
    return this.#stack.splice(height)
  }

  popMany(count: number): PythonNode[] {
    if (this.#stack.length - count < this.#floor) {
      throw new MalformedError('The pickle takes too much.')
    }
    return this.#stack.splice(this.#stack.length - count)
  }

  remember(index: number): void {
    // Writers count from 0, so an index that is larger than the pickle is long is no honest one.
    if (!(index >= 0 && index <= this.input.length)) {
      throw new MalformedError('The pickle has a wild memo index.')
    }
    const node = this.peek()
    if (this.#memo[index] === undefined) this.#memoSize++
    this.#memo[index] = node
  }

  memoize(): void {
    this.remember(this.#memoSize)
  }

  recall(index: number): void {
    const node = this.#memo[index]
    if (node === undefined) throw new MalformedError('The pickle recalls what it did not keep.')
    this.push(node)
  }

  nextBuffer(): Uint8Array {
    const buffer = this.#buffers[this.#nextBuffer++]
    if (buffer === undefined) throw new MalformedError('A frame is missing.')
    return buffer
  }

  global(module: PythonNode, name: PythonNode): GlobalNode {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw new MalformedError('The pickle names something with what is no text.')
    }
    return new GlobalNode(moduleToday(module.slice(0, nameCharsMax)), name.slice(0, nameCharsMax))
  }

  /** Where Python would call `callee`. */
  object(callee: PythonNode, args: PythonNode, keywords?: PythonNode): ObjectNode {
    if (!(args instanceof TupleNode)) throw new MalformedError('The pickle calls without a tuple.')
    const known = callee instanceof GlobalNode ? callee : undefined
    const [first] = args.items
    // These make an instance of the class that they are given, so that is what it is.
    if (known?.path === 'copyreg._reconstructor' && first instanceof GlobalNode) {
      return new ObjectNode(first, args.items.slice(2))
    }
    if (known?.path === 'copyreg.__newobj__' && first instanceof GlobalNode) {
      return new ObjectNode(first, args.items.slice(1))
    }
    return new ObjectNode(known, args.items, keywords)
  }

  /** What is left at the end. */
  result(): PythonNode {
    const result = this.pop()
    if (this.#stack.length > 0 || this.#marks.length > 0) {
      throw new MalformedError('The pickle ends in the middle.')
    }
    return result
  }

  get #floor(): number {
    return this.#marks.at(-1) ?? 0
  }
}
