import { RecentTable } from '../base/mod.ts'
import type { TaskEnd } from './dependency.ts'

/** How the latest tasks ended, by a 64-bit digest of their ids: few bytes, and no objects. */
export class EndedTasks {
  readonly #table: RecentTable
  /** Uuids of the engines where tasks ended, and their positions. */
  readonly #engines: string[] = []
  readonly #positions = new Map<string, number>()
  #high = 0
  #low = 0

  constructor(max: number) {
    this.#table = new RecentTable(max)
  }

  has(id: string): boolean {
    this.#digest(id)
    return this.#table.get(this.#high, this.#low) !== 0
  }

  get(id: string): TaskEnd | undefined {
    this.#digest(id)
    const value = this.#table.get(this.#high, this.#low)
    if (value === 0) return undefined
    return { success: (value & 1) === 1, engine: this.#engines[(value >>> 1) - 2] }
  }

  add(id: string, { success, engine }: TaskEnd): void {
    this.#digest(id)
    // 2 and 3 mean no engine, so that no value is 0.
    const place = engine === undefined ? 1 : this.#positionOf(engine) + 2
    this.#table.set(this.#high, this.#low, place * 2 + (success ? 1 : 0))
  }

  #positionOf(engine: string): number {
    let position = this.#positions.get(engine)
    if (position === undefined) {
      position = this.#engines.push(engine) - 1
      this.#positions.set(engine, position)
    }
    return position
  }

  /** Two multiplicative hashes, mixed at the end (cyrb53, with all its bits). */
  #digest(id: string): void {
    let high = 0xdeadbeef
    let low = 0x41c6ce57
    for (let i = 0; i < id.length; i++) {
      const unit = id.charCodeAt(i)
      high = Math.imul(high ^ unit, 2_654_435_761)
      low = Math.imul(low ^ unit, 1_597_334_677)
    }
    high =
      Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
    low =
      Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
    this.#high = high >>> 0
    this.#low = low >>> 0
  }
}
