import { shapeKeysMax, shapesMax } from './format.ts'

/** The names of an object's properties, in order. */
export interface Shape {
  readonly keys: readonly string[]
  readonly id: number
  /** The shape that came after this one the last time: a good guess for the next. */
  next: Shape | undefined
}

/** Gives each list of property names that occurs in a value a number. */
export class ShapeTable {
  readonly #shapes: Shape[] = []
  #last: Shape | undefined

  /** How many shapes there are: the one that `find` returns is new when this grew. */
  get size(): number {
    return this.#shapes.length
  }

  /** The shape with these keys; undefined when they are too many, or the shapes are. */
  find(keys: readonly string[]): Shape | undefined {
    const guess = this.#last?.next
    if (guess !== undefined && sameKeys(guess.keys, keys)) {
      this.#last = guess
      return guess
    }
    const shape = this.#search(keys) ?? this.#add(keys)
    if (shape === undefined) return undefined
    if (this.#last !== undefined) this.#last.next = shape
    this.#last = shape
    return shape
  }

  #search(keys: readonly string[]): Shape | undefined {
    for (const shape of this.#shapes) if (sameKeys(shape.keys, keys)) return shape
    return undefined
  }

  #add(keys: readonly string[]): Shape | undefined {
    const id = this.#shapes.length
    if (id === shapesMax || keys.length > shapeKeysMax) return undefined
    const shape: Shape = { keys, id, next: undefined }
    this.#shapes.push(shape)
    return shape
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
