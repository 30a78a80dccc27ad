/** A time with the unit that suits it: `250 ms`, `5 ms`, `25 µs`. */
export function shortTime(seconds: number): string {
  const [factor, unit] =
    seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : ([1e6, 'µs'] as const)
  return `${rounded(seconds * factor, 4)} ${unit}`
}

/** Without the noise of binary fractions: 25 rather than 24.999999. */
export function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits))
}

/** `1 engine`, `4 engines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
