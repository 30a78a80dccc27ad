/**
 * An expression that is evaluated in the engine's namespace when the call arrives there: as the
 * function of an apply, as an argument, or anywhere inside one.
 * Source: `ipyparallel.serialize.canning.Reference`.
 */
export class Reference {
  readonly expression: string

  constructor(expression: string) {
    this.expression = expression
  }

  /** What the expression is written in; undefined: what the engine speaks. */
  get language(): string | undefined {
    return undefined
  }
}
