/**
 * Builtins that the code of every module in the process calls by name: a global in their place
 * would break all of it, far away from the cell that declared it.
 */
const indispensable: ReadonlySet<string> = new Set(
  (
    'Object Function Array String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise ' +
    'Map Set WeakMap WeakSet WeakRef FinalizationRegistry Date RegExp ArrayBuffer ' +
    'SharedArrayBuffer DataView Atomics Int8Array Uint8Array Uint8ClampedArray Int16Array ' +
    'Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array ' +
    'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ' +
    'globalThis undefined NaN Infinity eval parseInt parseFloat isNaN isFinite'
  ).split(' '),
)

/** Whether `name` can be declared: an identifier, and no reserved word. */
export function isIdentifier(name: string): boolean {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) return false
  return !reservedWords.has(name)
}

const reservedWords: ReadonlySet<string> = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export ' +
    'extends false finally for function if import in instanceof new null return super switch ' +
    'this throw true try typeof var void while with'
  ).split(' '),
)

/**
 * The user's names: they are globals, so that cells, applied functions and modules see the same
 * ones. What was global before belongs to the runtime.
 */
export class Namespace {
  #initial: ReadonlyMap<string, PropertyDescriptor> = new Map()

  constructor() {
    this.remember()
  }

  /** What is global now is what `clear` goes back to. */
  remember(): void {
    this.#initial = new Map(Object.entries(Object.getOwnPropertyDescriptors(globalThis)))
  }

  /** Gives `name` a value, whatever had the name before. @throws {SyntaxError} as `allow` does. */
  define(name: string, value: unknown): void {
    this.allow(name)
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }

  /** As `define`, for names that the user did not choose: no list of names shows them. */
  defineHidden(name: string, value: unknown): void {
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable: false,
      configurable: true,
    })
  }

  /** As if the name had never been given a value. */
  forget(name: string): void {
    Reflect.deleteProperty(globalThis, name)
  }

  /** @throws {SyntaxError} when the name cannot be declared without breaking the process. */
  allow(name: string): void {
    if (!indispensable.has(name)) return
    throw new SyntaxError(
      `'${name}' cannot be declared here: names of a cell are globals, and everything in this ` +
        `process relies on that builtin. Choose another name, or declare it within a block.`,
    )
  }

  /** Sees to it that a plain assignment in a script gives `name` a value. */
  prepare(name: string): void {
    this.allow(name)
    const present = Object.getOwnPropertyDescriptor(globalThis, name)
    // An accessor such as `crypto` would swallow the value; so would one that is inherited.
    if (present === undefined ? name in globalThis : !present.writable) {
      this.define(name, undefined)
    }
  }

  /** As `prepare`, and the name can be read before it is given a value. */
  prepareVariable(name: string): void {
    this.prepare(name)
    if (!Object.hasOwn(globalThis, name)) this.define(name, undefined)
  }

  has(name: string): boolean {
    return name in globalThis
  }

  /** @throws {ReferenceError} naming it when there is no such name. */
  read(name: string): unknown {
    if (!(name in globalThis)) throw new ReferenceError(`${name} is not defined`)
    return (globalThis as Record<string, unknown>)[name]
  }

  /** Names that were not there at the start, the oldest first. */
  get userNames(): string[] {
    return Object.getOwnPropertyNames(globalThis).filter((name) => !this.#initial.has(name))
  }

  /** Names that were there at the start. */
  get initialNames(): string[] {
    return [...this.#initial.keys()]
  }

  /**
   * As `read`, but runs no code of the user; undefined when there is no value without that. Not
   * even accessors of the runtime are run for one who only wants to know what is at hand.
   */
  peek(name: string, atHand = false): { readonly value: unknown } | undefined {
    const present = Object.getOwnPropertyDescriptor(globalThis, name)
    if (present === undefined) return undefined
    if ('value' in present) return { value: present.value }
    if (atHand) return undefined
    // Accessors that were there at the start are those of the runtime: `crypto`, `process`.
    const isOfRuntime = present.get !== undefined && present.get === this.#initial.get(name)?.get
    return isOfRuntime ? { value: present.get!.call(globalThis) } : undefined
  }

  /** Forgets every name that was not there at the start, and gives the others their first value. */
  clear(): void {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const initial = this.#initial.get(name)
      if (initial === undefined) {
        if (!Reflect.deleteProperty(globalThis, name)) Reflect.set(globalThis, name, undefined)
      } else if (!isSame(initial, Object.getOwnPropertyDescriptor(globalThis, name)!)) {
        Reflect.defineProperty(globalThis, name, initial)
      }
    }
    for (const [name, initial] of this.#initial) {
      if (!Object.hasOwn(globalThis, name)) Reflect.defineProperty(globalThis, name, initial)
    }
  }
}

function isSame(a: PropertyDescriptor, b: PropertyDescriptor): boolean {
  return Object.is(a.value, b.value) && a.get === b.get && a.set === b.set
}
