/**
 * A value of Python that has no counterpart here. Nothing of it was run: there is its type's name,
 * and what it was made of.
 */
export class PythonObject {
  /** The type's full name: `decimal.Decimal`. */
  readonly type: string
  /** What its class or factory is called with to make it again. */
  args: readonly unknown[]
  /** Its attributes, mostly as an object. */
  state: unknown

  constructor(type: string, args: readonly unknown[] = [], state?: unknown) {
    this.type = type
    this.args = args
    this.state = state
  }

  /** `<decimal.Decimal '1.5'>` */
  toString(): string {
    const shown = this.args.filter((arg) => typeof arg === 'string' || typeof arg === 'number')
    return `<${[this.type, ...shown.map((arg) => JSON.stringify(arg))].join(' ')}>`
  }
}

/** A class or function of Python, by name: what `len` or `numpy.float64` is when it is a value. */
export class PythonGlobal {
  readonly module: string
  readonly name: string

  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }

  /** `<Python's math.sqrt>` */
  toString(): string {
    return `<Python's ${this.module}.${this.name}>`
  }
}
