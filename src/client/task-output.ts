import { limits } from '../base/mod.ts'
import {
  displayData,
  executeResult,
  type JsonObject,
  type Message,
  updateDisplayData,
} from '../jupyter/mod.ts'
import { BoundedText } from './bounded-text.ts'

/** Something shown other than as text in a stream: a value, a picture, a table. */
export interface DisplayedOutput {
  /** `result` is the value of a cell's last expression; `display` what code showed on the way. */
  readonly type: 'result' | 'display'
  /** The same thing by media type: `text/plain`, `image/svg+xml`, … */
  readonly data: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What one task has shown so far. Bounded: see `limits.outputBytesMax`. */
export class TaskOutput {
  readonly stdout: BoundedText = new BoundedText(limits.outputBytesMax)
  readonly stderr: BoundedText = new BoundedText(limits.outputBytesMax)
  readonly displayed: DisplayedOutput[] = []
  readonly #displayIds = new Map<string, DisplayedOutput>()

  /** Takes in what is not a piece of a stream. */
  accept(message: Message): void {
    const { content } = message
    switch (message.header.msgType) {
      case executeResult.msgType:
        this.#show('result', executeResult.decode(content))
        break
      case displayData.msgType:
        this.#show('display', displayData.decode(content))
        break
      case updateDisplayData.msgType:
        this.#update(updateDisplayData.decode(content))
        break
    }
  }

  #show(
    type: DisplayedOutput['type'],
    output: { data: JsonObject; metadata: JsonObject; transient?: JsonObject },
  ): void {
    const displayed = { type, data: output.data, metadata: output.metadata }
    if (this.displayed.length >= limits.displayedOutputsMax) this.displayed.shift()
    this.displayed.push(displayed)
    const id = output.transient?.['display_id']
    if (typeof id === 'string' && this.#displayIds.size < limits.displayedOutputsMax) {
      this.#displayIds.set(id, displayed)
    }
  }

  #update(output: { data: JsonObject; metadata: JsonObject; transient: JsonObject }): void {
    const id = output.transient['display_id']
    const old = typeof id === 'string' ? this.#displayIds.get(id) : undefined
    const at = old === undefined ? -1 : this.displayed.indexOf(old)
    if (at === -1) return
    const displayed: DisplayedOutput = {
      type: 'display',
      data: output.data,
      metadata: output.metadata,
    }
    this.displayed[at] = displayed
    this.#displayIds.set(id as string, displayed)
  }
}
