import { limits } from '../base/mod.ts'
import { HookFailure, MalformedError, Reference } from '../serialize/mod.ts'
import { type KnownType, knownTypes, typeOf } from './known-types.ts'
import { runPickle } from './pickle-program.ts'
import { GlobalNode, type ObjectNode, type PythonNode, TupleNode } from './python-node.ts'
import { PythonGlobal, PythonObject } from './python-object.ts'

/** How the reader of a value takes part in reading it. */
export interface PythonHooks {
  /** What a `Reference` becomes; default: a `Reference` again. */
  readonly reference?: (expression: string) => unknown
  /** Code of Python's that came as a value; what it returns takes its place. May throw. */
  readonly foreign?: (object: PythonObject) => unknown
}

/** Makes JavaScript's values of what a pickle built; what is shared stays so, cycles too. */
export class ValueMaker {
  readonly #hooks: PythonHooks
  readonly #made = new Map<object, unknown>()
  #depth = 0
  #bytesLeft: number

  /** `bytes` is how much was sent: a value may be so many times larger, and no more. */
  constructor(bytes: number, hooks: PythonHooks = {}) {
    this.#hooks = hooks
    this.#bytesLeft = limits.pickleExtraBytesMax + bytes * limits.pickleGrowthMax
  }

  /**
   * To be called before something is copied: a pickle can refer to the same part any number of
   * times, and so ask for any number of copies.
   * @throws {MalformedError} when the value becomes too large for what was sent.
   */
  spend(bytes: number): void {
    this.#bytesLeft -= bytes
    if (this.#bytesLeft < 0) throw new MalformedError('The value is far larger than its bytes.')
  }

  /** @throws {MalformedError} for what nests too deep. */
  make(node: PythonNode): unknown {
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node
    const known = this.#made.get(node)
    if (known !== undefined) return known
    if (++this.#depth > limits.valueNestingMax) {
      throw new MalformedError(`The value is nested more than ${limits.valueNestingMax} deep.`)
    }
    const value = this.#make(node)
    this.#depth--
    // Lists are filled in place, and an object may be made of the same list: it is made already.
    if (typeof value === 'object' && value !== null) this.#made.set(value, value)
    return value
  }

  /** Keeps what a node becomes, before its parts are made: they may refer to it. */
  #keep<T>(node: object, value: T): T {
    this.#made.set(node, value)
    return value
  }

  #make(node: Exclude<PythonNode, Uint8Array> & object): unknown {
    if (Array.isArray(node)) return this.#list(node, node)
    if (node instanceof TupleNode) return this.#list(node, node.items)
    if (node instanceof Map) return this.#dict(node, node)
    if (node instanceof Set) return this.#set(node)
    if (node instanceof GlobalNode) {
      return this.#keep(node, new PythonGlobal(node.module, node.name))
    }
    return this.#object(node)
  }

  /** In place: nobody else has the list. */
  #list(node: object, list: unknown[]): unknown[] {
    this.#keep(node, list)
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i] === 'object') list[i] = this.make(list[i] as PythonNode)
    }
    return list
  }

  /** Text as keys makes an object of it, anything else a `Map`. */
  #dict(node: object, dict: ReadonlyMap<PythonNode, PythonNode>): unknown {
    for (const key of dict.keys()) if (typeof key !== 'string') return this.#map(node, dict)
    const object: Record<string, unknown> = this.#keep(node, {})
    for (const [key, value] of dict) {
      const made = this.make(value)
      if (key === '__proto__') {
        const options = { writable: true, enumerable: true, configurable: true }
        Object.defineProperty(object, key, { value: made, ...options })
      } else {
        object[key as string] = made
      }
    }
    return object
  }

  #map(node: object, dict: ReadonlyMap<PythonNode, PythonNode>): Map<unknown, unknown> {
    const map = this.#keep(node, new Map<unknown, unknown>())
    for (const [key, value] of dict) map.set(this.make(key), this.make(value))
    return map
  }

  #set(node: ReadonlySet<PythonNode>): Set<unknown> {
    const set = this.#keep(node, new Set<unknown>())
    for (const item of node) set.add(this.make(item))
    return set
  }

  #object(node: ObjectNode): unknown {
    const expression = referenceIn(node)
    if (expression !== undefined) return this.#reference(expression)
    const type: KnownType | undefined = knownTypes(node.callee)
    const value = type?.(node, this)
    return value === undefined ? this.#opaque(node) : this.#keep(node, value)
  }

  #reference(expression: string): unknown {
    const { reference } = this.#hooks
    return reference === undefined ? new Reference(expression) : safely(() => reference(expression))
  }

  #opaque(node: ObjectNode): PythonObject {
    const object = this.#keep(node, new PythonObject(typeOf(node)))
    object.args = node.args.map((arg) => this.make(arg))
    object.state = this.#stateOf(node)
    return object
  }

  /** Its attributes; of a container without any what it contains. */
  #stateOf({ state, items, entries }: ObjectNode): unknown {
    if (state !== undefined) return this.make(state)
    if (entries !== undefined) return this.make(entries)
    return items === undefined ? undefined : this.make(items)
  }

  /** As `make`, of a pickle within the pickle: it is read once, however often it is referred to. */
  makePickled(bytes: Uint8Array): unknown {
    if (!this.#made.has(bytes)) this.#keep(bytes, this.make(runPickle(bytes)))
    return this.#made.get(bytes)
  }

  /** As `make`, for the contents of an object whose type is known. */
  makeDict(node: object, entries: ReadonlyMap<PythonNode, PythonNode>): unknown {
    return this.#dict(node, entries)
  }

  /** Bytecode is of no use here, so only the kind and the name of what it was are kept. */
  makeCode(kind: string, name: PythonNode | undefined): unknown {
    const object = new PythonObject(kind, typeof name === 'string' ? [name] : [])
    const { foreign } = this.#hooks
    return foreign === undefined ? object : safely(() => foreign(object))
  }
}

/** The expression of a `Reference`; undefined when it is none. */
export function referenceIn(node: ObjectNode): string | undefined {
  if (node.callee?.path !== 'ipyparallel.serialize.canning.Reference') return undefined
  const name = node.attribute('name')
  return typeof name === 'string' ? name : undefined
}

function safely(hook: () => unknown): unknown {
  try {
    return hook()
  } catch (thrown) {
    throw new HookFailure(thrown)
  }
}
