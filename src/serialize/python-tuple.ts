/** A list that Python is to get as a tuple; to our own engines it is an array. See `tuple`. */
export class PythonTuple<T extends readonly unknown[] = readonly unknown[]> {
  readonly items: T

  constructor(items: T) {
    this.items = items
  }
}

/** Sends Python a tuple, where an array would be a list: `view.call('f', tuple(2, 3))`. */
export function tuple<T extends readonly unknown[]>(...items: T): PythonTuple<T> {
  return new PythonTuple(items)
}
