import { limits } from '../base/mod.ts'

/**
 * The latest answers. A connection that breaks may take an answer with it after it was written; the
 * controller sends the request again then, and gets the same answer, because nothing runs twice.
 */
export class AnsweredRequests {
  /** In the order in which they were answered; undefined where an answer was too large to keep. */
  readonly #answers = new Map<string, readonly Uint8Array[] | undefined>()
  #bytes = 0

  remember(msgId: string, frames: readonly Uint8Array[]): void {
    // A task that was aborted here may have come again.
    this.#bytes += bytesOf(frames) - bytesOf(this.#answers.get(msgId) ?? [])
    this.#answers.delete(msgId)
    this.#answers.set(msgId, frames)
    for (const [oldest, kept] of this.#answers) {
      const isMany = this.#answers.size > limits.keptAnswersMax
      if (!isMany && this.#bytes <= limits.keptAnswerBytesMax) return
      if (kept !== undefined) this.#bytes -= bytesOf(kept)
      if (isMany) this.#answers.delete(oldest)
      else if (kept !== undefined) this.#answers.set(oldest, undefined)
    }
  }

  /** The answer; `lost` when there was one that was not kept, undefined when there was none. */
  get(msgId: string): readonly Uint8Array[] | 'lost' | undefined {
    if (!this.#answers.has(msgId)) return undefined
    return this.#answers.get(msgId) ?? 'lost'
  }
}

function bytesOf(frames: readonly Uint8Array[]): number {
  let bytes = 0
  for (const frame of frames) bytes += frame.length
  return bytes
}
