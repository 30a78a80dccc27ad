import { setTimeout } from 'node:timers'
import { limits } from '../base/mod.ts'
import type { Output } from '../engine/mod.ts'

type StreamName = 'stdout' | 'stderr'

/** Collects pieces of text, so that a loop that prints does not make a message of each line. */
export class OutputBatcher {
  #output: Output | undefined
  #name: StreamName = 'stdout'
  #pieces: string[] = []
  #chars = 0
  #timer: NodeJS.Timeout | undefined

  /** Text for `output`: it gets there soon, and in order. */
  add(output: Output, name: StreamName, text: string): void {
    if (output !== this.#output || name !== this.#name) this.flush()
    this.#output = output
    this.#name = name
    this.#pieces.push(text)
    this.#chars += text.length
    if (this.#chars >= limits.outputBatchCharsMax) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), limits.outputBatchMs)
  }

  /** Hands on what there is. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const output = this.#output
    if (output === undefined || this.#chars === 0) return
    const text = this.#pieces.join('')
    this.#pieces = []
    this.#chars = 0
    output.stream(this.#name, text)
  }
}
