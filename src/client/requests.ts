import { type Clock, Deferred, type Timer } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import { startTimer } from './deadline.ts'
import { TimeoutError } from './errors.ts'

interface PendingRequest {
  readonly answer: Deferred<Message>
  readonly timer: Timer
}

/** Questions to the hub and to engines' control channels, until they are answered. */
export class Requests {
  readonly #clock: Clock
  readonly #describeState: () => string
  readonly #pending = new Map<string, PendingRequest>()

  /** `describeState` says what is known of the connection, for the error of a time-out. */
  constructor(clock: Clock, describeState: () => string) {
    this.#clock = clock
    this.#describeState = describeState
  }

  /**
   * Waits for the message that answers `msgId`.
   * @throws {TimeoutError} after `timeoutMs`.
   */
  wait(msgId: string, what: string, timeoutMs: number): Promise<Message> {
    const answer = new Deferred<Message>()
    const timer = startTimer(this.#clock, timeoutMs, () => {
      this.#pending.delete(msgId)
      const state = this.#describeState()
      answer.reject(new TimeoutError(`no answer to ${what} within ${timeoutMs / 1000} s: ${state}`))
    })
    this.#pending.set(msgId, { answer, timer })
    return answer.promise
  }

  /** False when nobody waits for it (any more). */
  answer(message: Message): boolean {
    const id = message.parent?.msgId
    const request = id === undefined ? undefined : this.#pending.get(id)
    if (request === undefined) return false
    this.#pending.delete(id!)
    request.timer.cancel()
    request.answer.resolve(message)
    return true
  }

  failAll(error: Error): void {
    for (const { answer, timer } of this.#pending.values()) {
      timer.cancel()
      answer.reject(error)
    }
    this.#pending.clear()
  }
}
