import type { Key } from '../line-editor/mod.ts'

/** Keys until somebody wants them: what is typed ahead is not lost. */
export class KeyQueue {
  readonly #keys: Key[] = []
  #waiting: ((key: Key) => void) | undefined
  /** Sees each key first; true takes it. */
  intercept: ((key: Key) => boolean) | undefined

  get size(): number {
    return this.#keys.length
  }

  push(key: Key): void {
    if (this.intercept?.(key)) return
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#keys.push(key)
    else waiting(key)
  }

  next(): Promise<Key> {
    const key = this.#keys.shift()
    if (key !== undefined) return Promise.resolve(key)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  clear(): void {
    this.#keys.length = 0
  }
}
