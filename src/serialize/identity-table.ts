/** Up to this many objects, comparing one by one is faster than a `Map`. */
const fewMax = 12

/** Numbers objects in the order in which they are first met. */
export class IdentityTable {
  #few: object[] = []
  #many: Map<object, number> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number of an object met before; -1 for a new one, which gets the next number. */
  claim(object: object): number {
    if (this.#many !== undefined) return this.#claimMany(this.#many, object)
    const few = this.#few
    for (let i = 0; i < few.length; i++) if (few[i] === object) return i
    if (few.length < fewMax) {
      few.push(object)
      this.#size++
      return -1
    }
    this.#many = new Map()
    for (let i = 0; i < few.length; i++) this.#many.set(few[i]!, i)
    this.#few = []
    return this.#claimMany(this.#many, object)
  }

  #claimMany(many: Map<object, number>, object: object): number {
    const known = many.get(object)
    if (known !== undefined) return known
    many.set(object, this.#size++)
    return -1
  }
}
