import { binaryKey, IparallelError, type Logger, limits, messageOf } from '../base/mod.ts'
import type { Message, Session } from '../jupyter/mod.ts'

/** Lets in what is signed with the cluster's key; whatever is not is dropped and logged once per peer. */
export class MessageGate {
  readonly #session: Session
  readonly #logger: Logger
  readonly #reported = new Set<string>()

  constructor(session: Session, logger: Logger) {
    this.#session = session
    this.#logger = logger
  }

  /**
   * Makes a handler of ours safe to be called for whatever a peer sends. What it throws would be
   * our bug; that ends the handling of one message, and is reported, but not the controller.
   */
  guard(channel: string, handler: (frames: Uint8Array[]) => void): (frames: Uint8Array[]) => void {
    return (frames) => {
      try {
        handler(frames)
      } catch (error) {
        const stack = error instanceof Error ? error.stack : undefined
        this.#logger.error(
          `iparallel is at fault: a message on the ${channel} channel could not be handled: ` +
            (stack ?? messageOf(error)),
        )
      }
    }
  }

  /** The message, or undefined if it must not be believed or is none. */
  admit(frames: readonly Uint8Array[], channel: string): Message | undefined {
    try {
      return this.#session.unpack(frames)
    } catch (error) {
      this.refuse(frames[0], channel, error)
      return undefined
    }
  }

  /** As `admit`, for a message that is to be passed on and may never be read: nothing is parsed. */
  admitUnread(frames: readonly Uint8Array[], channel: string): Message | undefined {
    try {
      return this.#session.verify(frames)
    } catch (error) {
      this.refuse(frames[0], channel, error)
      return undefined
    }
  }

  /**
   * Reads something of an admitted message, or does what needs it read; undefined, and logged, if
   * that is not readable.
   */
  read<T>(message: Message, channel: string, reader: () => T): T | undefined {
    try {
      return reader()
    } catch (error) {
      this.refuse(message.idents[0], channel, error)
      return undefined
    }
  }

  /** Logs a refusal. Throws on whatever was not thrown on purpose. */
  refuse(peer: Uint8Array | undefined, channel: string, error: unknown): void {
    if (!IparallelError.is(error)) throw error
    const key = `${channel} ${binaryKey(peer?.subarray(0, 64) ?? new Uint8Array(0))}`
    if (this.#reported.has(key)) return
    if (this.#reported.size >= limits.reportedPeersMax) this.#reported.clear()
    this.#reported.add(key)
    this.#logger.warn(
      `a message on the ${channel} channel was dropped: ${messageOf(error)} ` +
        '(further ones from the same peer are dropped without a word)',
    )
  }
}
