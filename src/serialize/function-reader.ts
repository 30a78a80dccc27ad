import { messageOf } from '../base/mod.ts'
import { MalformedError } from './errors.ts'
import type { BuiltFunction, FunctionCodec, FunctionDescription } from './function-codec.ts'
import { functionFlags } from './function-writer.ts'
import type { ValueReader } from './value-reader.ts'

/** A function that waits for what it captured. */
interface Unbound {
  readonly built: BuiltFunction
  readonly captures: Record<string, unknown>
  readonly properties: Record<string, unknown>
}

/** Its imports start from the working folder of the moment, which may be another at the next call. */
function dependsOnFolder(kind: FunctionDescription['kind'], text: string): boolean {
  return kind === 'source'
    ? /\bimport\s*\(/.test(text)
    : text === 'iparallel:import' || text === 'iparallel:require'
}

/** Reads what `FunctionWriter` wrote. */
export class FunctionReader {
  readonly #reader: ValueReader
  readonly #functions: FunctionCodec
  readonly #classes: Map<string, unknown>
  readonly #unbound: Unbound[] = []
  #isStateless = true

  /** `classes`: those that came with the same call, by their identities. */
  constructor(reader: ValueReader, functions: FunctionCodec, classes: Map<string, unknown>) {
    this.#reader = reader
    this.#functions = functions
    this.#classes = classes
  }

  /** No function so far can tell from one call to the next that there was another. */
  get isStateless(): boolean {
    return this.#isStateless
  }

  described(): unknown {
    const reader = this.#reader
    const at = reader.reserve()
    const kind = reader.text()
    if (!isKind(kind)) throw new MalformedError(`No function is described by its ${kind}.`)
    const text = reader.text()
    const member = reader.primitive()
    const name = reader.primitive()
    const flags = reader.primitive()
    if (typeof flags !== 'number') throw new MalformedError('Flags were expected.')
    const identity = reader.primitive()
    if ((flags & functionFlags.keepsState) !== 0) this.#isStateless = false
    if (dependsOnFolder(kind, text)) this.#isStateless = false
    const definition = this.#names()
    this.#values(definition)
    if (Object.values(definition).some(canChange)) this.#isStateless = false
    const captures = this.#names()
    const properties = this.#names()
    // The next call may bring the same class with other values, which this function would see.
    if (identity !== undefined && !isEmpty(captures)) this.#isStateless = false
    const built = this.#once(identity, {
      kind,
      text,
      ...(typeof member === 'string' && { member }),
      ...(typeof name === 'string' && { name }),
      sloppy: (flags & functionFlags.sloppy) !== 0,
      definition,
      captures,
      properties,
    })
    if (!isEmpty(captures) || !isEmpty(properties)) {
      this.#unbound.push({ built, captures, properties })
    }
    return reader.fill(at, built.value)
  }

  /** Reads what every function so far, and every one found meanwhile, has captured. */
  boundStates(): void {
    // By index, for reading one may add more.
    for (let i = 0; i < this.#unbound.length; i++) {
      const { captures, properties } = this.#unbound[i]!
      this.#values(captures)
      this.#values(properties)
      if (!isEmpty(properties) || Object.values(captures).some(canChange)) {
        this.#isStateless = false
      }
    }
    for (const { built } of this.#unbound) built.bind()
  }

  /** Of a class that comes twice in a call, with its function and with an instance, the first holds. */
  #once(identity: unknown, description: FunctionDescription): BuiltFunction {
    if (typeof identity !== 'string') return this.#build(description)
    const known = this.#classes.get(identity)
    if (known !== undefined) return { value: known, bind() {} }
    const built = this.#build({ ...description, identity })
    this.#classes.set(identity, built.value)
    return built
  }

  #build(description: FunctionDescription): BuiltFunction {
    try {
      return this.#functions.build(description)
    } catch (cause) {
      const { kind, name, text } = description
      const shown = kind === 'source' ? `function ${name ?? ''}`.trimEnd() : text
      throw new MalformedError(`${shown} cannot be made here: ${messageOf(cause)}`, { cause })
    }
  }

  /** An object with these names, whose values are still to be read. */
  #names(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (let count = this.#reader.input.count(1); count > 0; count--) {
      record[this.#reader.text()] = undefined
    }
    return record
  }

  #values(record: Record<string, unknown>): void {
    for (const name of Object.keys(record)) record[name] = this.#reader.read()
  }
}

/** Functions are looked at by themselves. */
function canChange(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}

function isKind(kind: string): kind is FunctionDescription['kind'] {
  return kind === 'source' || kind === 'builtin' || kind === 'import'
}
