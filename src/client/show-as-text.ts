/** Makes `console.log` and notebooks show a class's objects as their `toString` does. */
export function showAsText(prototype: { toString(): string }): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: { toString(): string }): string {
      return this.toString()
    },
  })
}

/**
 * Makes them show errors of a class by their stack alone, where that says everything: their fields
 * would say it again, for each engine.
 */
export function showAsStack(prototype: Error): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: Error): string {
      return this.stack ?? `${this.name}: ${this.message}`
    },
  })
}
