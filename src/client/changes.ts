import { Deferred } from '../base/mod.ts'

/** Something that changes now and then, and those who wait for the next time. */
export class Changes {
  #next: Deferred<void> | undefined

  /** Resolves at the next `notify`. Look at the state first, then wait, then look again. */
  next(): Promise<void> {
    this.#next ??= new Deferred<void>()
    return this.#next.promise
  }

  notify(): void {
    const waiting = this.#next
    this.#next = undefined
    waiting?.resolve()
  }
}
