import { limits } from '../base/mod.ts'

/**
 * The latest answers. A connection that breaks may take an answer with it after it was written; the
 * controller sends the request again then, and gets the same answer, because nothing runs twice.
 */
export class AnsweredRequests {
  /** In the order in which they were answered. */
  readonly #answers = new Map<string, readonly Uint8Array[]>()
  #bytes = 0

  remember(msgId: string, frames: readonly Uint8Array[]): void {
    this.forget(msgId)
    this.#answers.set(msgId, frames)
    this.#bytes += bytesOf(frames)
    for (const oldest of this.#answers.keys()) {
      const isMany = this.#answers.size > limits.keptAnswersMax
      if (!isMany && this.#bytes <= limits.keptAnswerBytesMax) return
      this.forget(oldest)
    }
  }

  forget(msgId: string): void {
    const frames = this.#answers.get(msgId)
    if (frames === undefined) return
    this.#bytes -= bytesOf(frames)
    this.#answers.delete(msgId)
  }

  /** The answer; undefined when there was none, or one that is not kept. */
  get(msgId: string): readonly Uint8Array[] | undefined {
    return this.#answers.get(msgId)
  }
}

function bytesOf(frames: readonly Uint8Array[]): number {
  let bytes = 0
  for (const frame of frames) bytes += frame.length
  return bytes
}
