import { Queue, RecentSet } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'

/** Ids that an abort may name before their request has come. */
const abortedMax = 10_000

/** Requests in the order in which they came, one running at a time; those aborted never run. */
export class ApplyQueue {
  readonly #run: (message: Message) => Promise<void>
  readonly #abort: (message: Message) => void
  readonly #waiting = new Queue<Message>()
  readonly #aborted = new RecentSet(abortedMax)
  #running: Message | undefined

  /** `run` never rejects. */
  constructor(run: (message: Message) => Promise<void>, abort: (message: Message) => void) {
    this.#run = run
    this.#abort = abort
  }

  get running(): Message | undefined {
    return this.#running
  }

  push(message: Message): void {
    this.#waiting.push(message)
    if (this.#running === undefined) void this.#drain()
  }

  /** Drops these requests: those that wait here at once, those still to come when they do. */
  abort(msgIds: readonly string[]): void {
    for (const id of this.giveBack(msgIds)) this.#aborted.add(id)
  }

  /** Drops those of these requests that wait here; gives the ids of the others. */
  giveBack(msgIds: readonly string[]): ReadonlySet<string> {
    const others = new Set(msgIds)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const message of waiting) {
      if (others.delete(message.header.msgId)) this.#abort(message)
      else this.#waiting.push(message)
    }
    return others
  }

  /** Drops every request that waits now, or those that `isMeant` picks. */
  abortAll(isMeant: (message: Message) => boolean = () => true): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const message of waiting) {
      if (isMeant(message)) this.#abort(message)
      else this.#waiting.push(message)
    }
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#aborted.delete(next.header.msgId)) {
        this.#abort(next)
        continue
      }
      this.#running = next
      await this.#run(next)
      this.#running = undefined
    }
  }
}
