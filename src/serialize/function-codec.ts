/**
 * A function or class as it travels: how to make it again, and what it needs. The values are
 * encoded like any other, so they may be functions again, or refer to each other in cycles.
 */
export interface FunctionDescription {
  readonly kind: 'source' | 'builtin' | 'import'
  /**
   * source: an expression in JavaScript. builtin: a global's path such as `Math.max`, or a name of
   * ours such as `iparallel:push`. import: a module specifier.
   */
  readonly text: string
  /** import: which export; the whole module when absent. */
  readonly member?: string
  /** source: the function's `name`. */
  readonly name?: string
  /** source: the text is to be compiled without strict mode. */
  readonly sloppy?: boolean
  /**
   * source: a call may leave something behind that the next one sees, for it assigns to variables
   * that it captured, or is a class with private static members.
   */
  readonly keepsState?: boolean
  /** source: values by name that the expression itself needs, such as a class's superclass. */
  readonly definition?: Readonly<Record<string, unknown>>
  /** source: captured values by name, needed when the function is called. */
  readonly captures?: Readonly<Record<string, unknown>>
  /** source: the function's own properties, such as a class's static fields. */
  readonly properties?: Readonly<Record<string, unknown>>
  /**
   * source: which class it is, in whatever process. One that is there already is not made again,
   * but gets the captured values and properties that came.
   */
  readonly identity?: string
  /**
   * A class whose instances cannot be rebuilt from their own properties: why, after `which`. Not
   * sent. Such as `has #private fields`.
   */
  readonly instancesRefused?: string
}

/** A function that was built, but does not have its captured values yet. */
export interface BuiltFunction {
  readonly value: unknown
  /** Called once, when every captured value and property is there. */
  bind(): void
}

/** Classes by what they are called in all processes. */
export interface ClassIdentities {
  /** That of a class that has travelled. */
  identityOf(owner: object): string | undefined
  /** The class, if it is here. */
  find(identity: string): object | undefined
}

/** The port through which the codec takes functions apart and puts them together again. */
export interface FunctionCodec {
  /**
   * @throws {UnserializableError} with a path from the function on, such as `captures db`, or an
   *   empty one for the function itself.
   */
  describe(fn: (...args: never[]) => unknown): FunctionDescription
  /** How to find again, rather than copy, an object such as `Math` or a module, if it is one. */
  describeObject(value: object): FunctionDescription | undefined
  /** Which classes are here; absent where none have an identity. */
  readonly classes?: ClassIdentities
  /** Why `value` cannot travel although it looks as if it could: `a Proxy`. */
  refuse(value: object): string | undefined
  /**
   * `captures` and `properties` have all their names, but their values only when `bind` is called,
   * for they may refer to the function itself.
   * @throws whatever evaluating the description throws.
   */
  build(description: FunctionDescription): BuiltFunction
}

/** Within captures: stands for a value that is to be found again rather than copied. */
export class Described {
  readonly description: FunctionDescription

  constructor(description: FunctionDescription) {
    this.description = description
  }
}
