import { Deferred } from '../base/mod.ts'
import type { InputAnswer } from './port-messages.ts'

/** What user code has asked the user and has no answer to yet. */
export class Questions {
  readonly #open = new Map<number, Deferred<string>>()
  #lastId = 0

  open(): { readonly id: number; readonly answer: Promise<string> } {
    const id = ++this.#lastId
    const deferred = new Deferred<string>()
    // Whoever asks may have been interrupted: then nobody waits any more.
    deferred.promise.catch(() => {})
    this.#open.set(id, deferred)
    return { id, answer: deferred.promise }
  }

  /** An answer that comes too late is nobody's. */
  close(id: number, answer: InputAnswer): void {
    const deferred = this.#open.get(id)
    this.#open.delete(id)
    if ('line' in answer) deferred?.resolve(answer.line)
    else {
      const error = new Error(answer.message)
      Object.defineProperty(error, 'name', { value: answer.name, configurable: true })
      deferred?.reject(error)
    }
  }

  /** Ends every wait. */
  abandonAll(reason: Error): void {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const deferred of open) deferred.reject(reason)
  }
}
