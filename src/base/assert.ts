/** Thrown when an invariant of ours does not hold: always a bug in iparallel, never bad input. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/**
 * States what must hold. Stays on in production.
 * @throws {AssertionFailure} when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(`iparallel is at fault: ${message}`)
}
