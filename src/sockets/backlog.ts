import { Queue } from '../base/mod.ts'

type Message = readonly Uint8Array[]

/** Messages that wait for a peer, and how much memory they hold. */
export class Backlog {
  readonly #messages: Queue<Message> = new Queue()
  #bytes = 0

  /** Messages. */
  get size(): number {
    return this.#messages.size
  }

  /** Bytes of all their frames. */
  get bytes(): number {
    return this.#bytes
  }

  push(message: Message): void {
    this.#messages.push(message)
    this.#bytes += bytesOf(message)
  }

  shift(): Message | undefined {
    const message = this.#messages.shift()
    if (message !== undefined) this.#bytes -= bytesOf(message)
    return message
  }
}

function bytesOf(message: Message): number {
  let bytes = 0
  for (let i = 0; i < message.length; i++) bytes += message[i]!.length
  return bytes
}
