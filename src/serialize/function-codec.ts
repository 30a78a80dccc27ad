/**
 * A function as it travels: its source, and what it captures by name. Captured values may be
 * functions again, or refer to each other in cycles. The codec packs this like any other value.
 */
export interface FunctionDescription {
  readonly kind: 'source' | 'builtin' | 'import' | 'reference'
  /** source: an expression in JavaScript. builtin: a global's path such as `Math.max`.
   *  import: a module specifier. reference: an expression in the engine's namespace. */
  readonly text: string
  /** import: which export. */
  readonly member?: string
  /** source: captured values by name. */
  readonly captures?: Record<string, unknown>
}

/** The port through which the codec takes functions apart and puts them together again. */
export interface FunctionCodec {
  /** @throws {UnserializableError} naming the path of the capture that cannot travel. */
  describe(fn: (...args: never[]) => unknown): FunctionDescription
  /** `captures` may still be filled in after the call when values are cyclic. */
  build(description: FunctionDescription): (...args: unknown[]) => unknown
}
