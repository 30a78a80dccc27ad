import { Queue } from '../base/mod.ts'

/** Text that grows at the end and, when it would become too long, is cut at the front. */
export class BoundedText {
  readonly #lengthMax: number
  readonly #pieces = new Queue<string>()
  #length = 0
  #joined: string | undefined = ''

  /** `lengthMax` is in UTF-16 units. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax
  }

  append(text: string): void {
    const piece = text.length > this.#lengthMax ? text.slice(-this.#lengthMax) : text
    this.#pieces.push(piece)
    this.#length += piece.length
    this.#joined = undefined
    while (this.#length > this.#lengthMax) this.#length -= this.#pieces.shift()!.length
  }

  /** As a terminal would show it: a carriage return starts its line again. */
  toString(): string {
    this.#joined ??= collapse([...this.#pieces].join(''))
    return this.#joined
  }
}

/** Keeps of each line what stands after its last carriage return, as progress bars mean it. */
function collapse(text: string): string {
  return text.includes('\r') ? text.replace(/[^\n]*\r(?!\n|$)/g, '').replaceAll('\r\n', '\n') : text
}
