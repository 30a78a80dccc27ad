/** Something that is sent, and what its receiver does with it. */
export interface Probe {
  /** A sentence of behaviour. */
  readonly title: string
  readonly sent: unknown
  /** Runs where the value arrived. */
  readonly use: (arrived: never) => unknown
  /** What `use` returns, or resolves to. */
  readonly expected: unknown
}

export function probe<T>(
  title: string,
  sent: T,
  use: (arrived: T) => unknown,
  expected: unknown,
): Probe {
  return { title, sent, use, expected }
}
