import { ArgumentError, ClosedError, Deferred, Queue } from '../base/mod.ts'
import { PeerUnreachableError } from './errors.ts'
import type { Routing } from './routing.ts'

interface WaitingMessage {
  readonly frames: readonly Uint8Array[]
  readonly accepted: Deferred<void>
}

/** Messages on their way to a pipe, and those that wait for one to have room. */
export class Outbox {
  readonly #routing: Routing
  // By what they wait for: messages of one key keep their order.
  readonly #waiting = new Map<string, Queue<WaitingMessage>>()
  #retrying = false
  #closed = false

  constructor(routing: Routing) {
    this.#routing = routing
  }

  /** @throws {ArgumentError} for what is no message. */
  trySend(frames: readonly Uint8Array[]): boolean {
    checkMessage(frames)
    return !this.#closed && this.#routing.send(frames) === 'sent'
  }

  /**
   * Resolves when a pipe has taken the message.
   * @throws {ArgumentError} for what is no message.
   * @throws {ClosedError} when the socket is.
   * @throws {PeerUnreachableError} when there is no such peer and the pattern may not drop it.
   */
  async send(frames: readonly Uint8Array[]): Promise<void> {
    checkMessage(frames)
    if (this.#closed) throw new ClosedError('the socket is closed')
    const key = this.#routing.waitingKey?.(frames) ?? ''
    let queue = this.#waiting.get(key)
    if (queue === undefined) {
      const outcome = this.#routing.send(frames)
      if (outcome === 'sent') return
      if (outcome === 'unreachable') throw unreachable()
      queue = new Queue()
      this.#waiting.set(key, queue)
    }
    const accepted = new Deferred<void>()
    queue.push({ frames, accepted })
    await accepted.promise
  }

  /** Tries what waits again: something has room, or is new, or is gone. */
  retry(): void {
    // A pipe may find out that it has room while it is given a message, which it then takes.
    if (this.#retrying) return
    this.#retrying = true
    try {
      for (const [key, queue] of this.#waiting) {
        this.#sendFrom(queue)
        if (queue.size === 0) this.#waiting.delete(key)
      }
    } finally {
      this.#retrying = false
    }
  }

  close(): void {
    this.#closed = true
    for (const queue of this.#waiting.values()) {
      for (const { accepted } of queue) accepted.reject(new ClosedError('the socket is closed'))
    }
    this.#waiting.clear()
  }

  #sendFrom(queue: Queue<WaitingMessage>): void {
    for (let message = queue.peek(); message !== undefined; message = queue.peek()) {
      const outcome = this.#routing.send(message.frames)
      if (outcome === 'full') return
      if (outcome === 'sent') message.accepted.resolve()
      else message.accepted.reject(unreachable())
      queue.shift()
    }
  }
}

/**
 * Without types one gives a text, or one frame instead of a list: what would go out of these is
 * nothing that anybody meant.
 * @throws {ArgumentError}
 */
export function checkMessage(frames: readonly Uint8Array[]): void {
  let isMessage = frames.length > 0
  for (let i = 0; i < frames.length; i++) isMessage &&= frames[i]?.BYTES_PER_ELEMENT === 1
  if (isMessage) return
  throw new ArgumentError(
    'a message is a list of one or more byte arrays; those of a text are made by ' +
      'new TextEncoder().encode(text) or Buffer.from(text)',
  )
}

function unreachable(): PeerUnreachableError {
  return new PeerUnreachableError('no peer with that routing id is connected')
}
