import { limits, Queue, RecentSet } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'

/** What a queue does with its requests. */
export interface ApplyQueueActions {
  /** Has it evaluated and answers it. Never rejects. */
  run(message: Message): Promise<void>
  /** Answers a request that will not run; `isRecalled`: here, because it will elsewhere. */
  abort(message: Message, isRecalled: boolean): void
  /** How many requests like this may be given to `run` at once, which keeps their order. */
  togetherMax(message: Message): number
  /** Makes a request that was given end as `abort` does; false if it has begun. */
  withdraw(message: Message, isRecalled: boolean): boolean
  /**
   * A request has ended: sees to it that its answer is out, then resumes. `isBusy`: others that
   * were given have not ended, so there is no hurry.
   */
  proceed(resume: () => void, isBusy: boolean): void
}

/** Requests in the order in which they came; those that are aborted in time never run. */
export class ApplyQueue {
  readonly #actions: ApplyQueueActions
  readonly #waiting = new Queue<Message>()
  /** Of all that wait or were given. */
  readonly #ids = new Set<string>()
  readonly #aborted = new RecentSet(limits.abortedIdsMax)
  /** Requests that were given to `run`, in order. */
  readonly #given = new Set<Message>()
  /** How many may be given at once beside those that were. */
  #givenMax = 1
  /** Answers are on their way out: nothing is given before they are. */
  #isHeld = false

  constructor(actions: ApplyQueueActions) {
    this.#actions = actions
  }

  /** Whether this request waits here, or runs. */
  has(msgId: string): boolean {
    return this.#ids.has(msgId)
  }

  push(message: Message): void {
    this.#waiting.push(message)
    this.#ids.add(message.header.msgId)
    this.#drain()
  }

  /** Drops these requests: those that have not begun at once, those still to come when they do. */
  abort(msgIds: readonly string[]): void {
    for (const id of this.#drop(msgIds, false)) this.#aborted.add(id)
  }

  /** Drops those of these requests that have not begun, and remembers nothing of the others. */
  giveBack(msgIds: readonly string[]): void {
    this.#drop(msgIds, true)
  }

  /** Drops every request that has not begun, or those of them that `isMeant` picks. */
  abortAll(isMeant: (message: Message) => boolean = () => true): void {
    for (const message of this.#given) if (isMeant(message)) this.#actions.withdraw(message, false)
    this.#dropWaiting(isMeant, false)
  }

  /** Gives the ids of those that could not be dropped. */
  #drop(msgIds: readonly string[], isRecalled: boolean): ReadonlySet<string> {
    const others = new Set(msgIds)
    for (const message of this.#given) {
      const { msgId } = message.header
      if (others.has(msgId) && this.#actions.withdraw(message, isRecalled)) others.delete(msgId)
    }
    this.#dropWaiting(({ header }) => others.delete(header.msgId), isRecalled)
    return others
  }

  #dropWaiting(isMeant: (message: Message) => boolean, isRecalled: boolean): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const message of waiting) {
      if (isMeant(message)) this.#abort(message, isRecalled)
      else this.#waiting.push(message)
    }
  }

  #abort(message: Message, isRecalled: boolean): void {
    this.#ids.delete(message.header.msgId)
    this.#actions.abort(message, isRecalled)
  }

  #drain(): void {
    if (this.#isHeld) return
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      const max = this.#actions.togetherMax(next)
      if (this.#given.size > 0 && this.#given.size >= Math.min(max, this.#givenMax)) return
      this.#waiting.shift()
      if (this.#aborted.delete(next.header.msgId)) this.#abort(next, false)
      else this.#give(next, max)
    }
  }

  #resume(): void {
    this.#isHeld = false
    this.#drain()
  }

  #give(message: Message, max: number): void {
    this.#given.add(message)
    this.#givenMax = max
    void this.#actions.run(message).then(() => {
      this.#given.delete(message)
      this.#ids.delete(message.header.msgId)
      this.#isHeld = true
      this.#actions.proceed(() => this.#resume(), this.#given.size > 0)
    })
  }
}
