import { ClosedError, Deferred, Queue } from '../base/mod.ts'
import type { Pipe } from './pipe.ts'

/** Takes the frames of one message. */
export type MessageHandler = (frames: Uint8Array[]) => void

/**
 * Where received messages go: to the handler at once, or to whoever awaits `receive`, or into
 * their pipe's queue, from which they are taken in turn, one of each pipe (RFC 28, "fair-queuing").
 */
export class Inbox {
  readonly #mark: number
  readonly #onTaken: ((frames: Uint8Array[]) => void) | undefined
  // In lockstep, whether the message before was answered.
  #ready = true
  // Pipes with messages, in the order of their turns.
  readonly #turns: Queue<Pipe> = new Queue()
  readonly #waiting = new Set<Deferred<Uint8Array[]>>()
  #handler: MessageHandler | undefined
  #draining = false
  #closed = false

  /**
   * `mark`: messages in one pipe's queue before its peer is held back. `onTaken` is told of each
   * message that is handed over; with it, no other is until `proceed`: the lockstep of REP.
   */
  constructor(mark: number, onTaken?: (frames: Uint8Array[]) => void) {
    this.#mark = mark
    this.#onTaken = onTaken
  }

  get handler(): MessageHandler | undefined {
    return this.#handler
  }

  /** Messages that waited are handed over before this returns. */
  set handler(handler: MessageHandler | undefined) {
    this.#handler = handler
    this.#drain()
  }

  deliver(pipe: Pipe, frames: Uint8Array[]): void {
    if (this.#ready && this.#hand(frames)) return
    if (this.#closed) return
    const { inbound } = pipe
    if (inbound.size === 0) this.#turns.push(pipe)
    inbound.push(frames)
    if (inbound.size >= this.#mark) pipe.link?.pause()
  }

  /**
   * The next message.
   * @throws {ClosedError} when the socket is, and the signal's reason when that aborts first.
   */
  async receive(signal?: AbortSignal): Promise<Uint8Array[]> {
    signal?.throwIfAborted()
    const frames = this.#take()
    if (frames !== undefined) return frames
    if (this.#closed) throw new ClosedError('the socket is closed')
    const waiting = new Deferred<Uint8Array[]>()
    this.#waiting.add(waiting)
    if (signal === undefined) return await waiting.promise
    const abort = (): void => {
      this.#waiting.delete(waiting)
      waiting.reject(signal.reason)
    }
    signal.addEventListener('abort', abort)
    try {
      return await waiting.promise
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** In lockstep: the next message may be handed over. */
  proceed(): void {
    this.#ready = true
    this.#drain()
  }

  /** Every message until the socket is closed. */
  async *messages(): AsyncGenerator<Uint8Array[], void, undefined> {
    for (;;) {
      try {
        yield await this.receive()
      } catch (error) {
        if (error instanceof ClosedError) return
        throw error
      }
    }
  }

  /** Forgets what nobody took. */
  clear(): void {
    for (const pipe of this.#turns) {
      pipe.inbound.clear()
      pipe.link?.resume()
    }
    this.#turns.clear()
  }

  /** Nothing is received any more, and whoever waits hears of it. */
  close(): void {
    this.#closed = true
    this.#handler = undefined
    this.clear()
    for (const waiting of this.#waiting) waiting.reject(new ClosedError('the socket is closed'))
    this.#waiting.clear()
  }

  /** Gives a message to whoever wants it at once; false when nobody does. */
  #hand(frames: Uint8Array[]): boolean {
    if (this.#handler !== undefined) {
      this.#took(frames)
      this.#call(this.#handler, frames)
      return true
    }
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting)
      this.#took(frames)
      waiting.resolve(frames)
      return true
    }
    return false
  }

  #took(frames: Uint8Array[]): void {
    if (this.#onTaken === undefined) return
    this.#ready = false
    this.#onTaken(frames)
  }

  #drain(): void {
    // A handler that answers at once asks for the next message: that is this loop's to give.
    if (this.#draining) return
    this.#draining = true
    while (this.#ready && (this.#handler !== undefined || this.#waiting.size > 0)) {
      const frames = this.#next()
      if (frames === undefined) break
      this.#hand(frames)
    }
    this.#draining = false
  }

  #take(): Uint8Array[] | undefined {
    const frames = this.#ready ? this.#next() : undefined
    if (frames !== undefined) this.#took(frames)
    return frames
  }

  /** The message whose turn it is. */
  #next(): Uint8Array[] | undefined {
    const pipe = this.#turns.shift()
    if (pipe === undefined) return undefined
    const { inbound } = pipe
    const frames = inbound.shift()
    if (inbound.size > 0) this.#turns.push(pipe)
    if (inbound.size <= this.#mark / 2) pipe.link?.resume()
    return frames
  }

  /** A handler's error is the program's, not the connection's: it must not stop the parser. */
  #call(handler: MessageHandler, frames: Uint8Array[]): void {
    try {
      handler(frames)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
