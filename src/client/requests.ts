import { type Clock, Deferred, type Timer } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import { TimeoutError } from './errors.ts'

interface PendingRequest {
  readonly answer: Deferred<Message>
  /** The uuid of the engine that is to answer; undefined for the hub. */
  readonly engine: string | undefined
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
   * Waits for the message that answers `msgId`; `engine` is the uuid of the one that is asked.
   * @throws {TimeoutError} after `timeoutMs`.
   */
  wait(msgId: string, what: string, timeoutMs: number, engine?: string): Promise<Message> {
    const answer = new Deferred<Message>()
    const timer = this.#clock.setTimer(timeoutMs, () => {
      this.#pending.delete(msgId)
      const state = this.#describeState()
      answer.reject(new TimeoutError(`no answer to ${what} within ${timeoutMs / 1000} s: ${state}`))
    })
    this.#pending.set(msgId, { answer, timer, engine })
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

  /** The engine is gone: what it was asked will not be answered. */
  failEngine(uuid: string, error: Error): void {
    for (const [msgId, { answer, timer, engine }] of this.#pending) {
      if (engine !== uuid) continue
      this.#pending.delete(msgId)
      timer.cancel()
      answer.reject(error)
    }
  }

  failAll(error: Error): void {
    for (const { answer, timer } of this.#pending.values()) {
      timer.cancel()
      answer.reject(error)
    }
    this.#pending.clear()
  }
}
