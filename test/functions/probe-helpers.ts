export interface Shape {
  readonly color: string
  readonly x: number
}

export const one = 1
let count = 10

export function add(a: number, b: number): number {
  return a + b
}

/** Its module's variable is part of it. */
export function counter(): number {
  count = add(count, one)
  return count
}
