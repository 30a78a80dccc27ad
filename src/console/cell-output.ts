import { stripVTControlCharacters } from 'node:util'
import { limits, messageOf } from '../base/mod.ts'
import type { KernelFailure, KernelOutput } from '../kernel-client/mod.ts'
import { type RichTextOptions, richText } from './rich-text.ts'
import { TextTracker } from './text-tracker.ts'

/** Where output goes. */
export interface OutputPlace extends RichTextOptions {
  /** Rows of the screen; undefined where what was written cannot be taken back. */
  readonly rows: number | undefined
  write(stream: 'stdout' | 'stderr', text: string): Promise<void>
}

export interface CellOutputOptions {
  /** What stands before a result: `Out[3]: `. */
  readonly resultLabel: (executionCount: number) => string
}

interface Item {
  readonly stream: 'stdout' | 'stderr'
  text: string
  readonly displayId?: string | undefined
  /** What stands before the text, for an update to keep. */
  readonly label?: string | undefined
}

/**
 * What one cell shows, in order. On a screen, what stands on its visible part can be taken back:
 * for `clear_output`, and for displays that change.
 */
export class CellOutput {
  readonly #place: OutputPlace
  readonly #options: CellOutputOptions
  #items: Item[] = []
  #tracker: TextTracker
  #clearFirst = false
  /** Everything can still be drawn again. */
  #redrawable: boolean
  #work: Promise<void> = Promise.resolve()
  #waitingChars = 0
  /** Characters that nobody could have read. */
  #dropped = 0
  #hurried = false

  constructor(place: OutputPlace, options: CellOutputOptions) {
    this.#place = place
    this.#options = options
    this.#tracker = new TextTracker(place.columns)
    this.#redrawable = place.rows !== undefined
  }

  /** Whether the cursor stands behind text. */
  get inLine(): boolean {
    return this.#tracker.column > 0
  }

  /** Takes an output; what it needs is done in order, behind those before. */
  add(output: KernelOutput): void {
    if (output.type === 'stream') {
      this.#waitingChars += output.text.length
      // Nobody reads that fast: what a terminal cannot take in time must not fill the memory.
      if (this.#waitingChars > limits.consoleBacklogCharsMax) {
        this.#waitingChars -= output.text.length
        this.#dropped += output.text.length
        return
      }
    }
    this.#work = this.#work
      .then(() => this.#perform(output))
      // One output that cannot be shown, or a folder that is full, does not end the console.
      .catch((error) => this.#write('stderr', `[not shown: ${messageOf(error)}]\n`))
  }

  /** It is over for the person at the keyboard: of what waits to be shown, only the last is. */
  hurry(): void {
    this.#hurried = true
  }

  /** Somebody else has written: what stands there cannot be taken back. */
  disturbed(): void {
    this.#redrawable = false
    this.#items = []
    this.#tracker = new TextTracker(this.#place.columns)
  }

  /** Resolves when everything that came so far was written. */
  settled(): Promise<void> {
    return this.#work
  }

  /** Resolves when everything was written, with the cursor at the beginning of a line. */
  async finish(): Promise<void> {
    await this.#work
    if (this.#dropped > 0) {
      await this.#append({
        stream: 'stderr',
        text: `\n[${this.#dropped} characters came faster than they could be shown]\n`,
      })
    }
    if (this.inLine) await this.#write('stdout', '\n')
  }

  async #perform(output: KernelOutput): Promise<void> {
    switch (output.type) {
      case 'stream':
        this.#waitingChars -= output.text.length
        if (this.#hurried && this.#waitingChars > limits.consoleLastCharsMax) {
          this.#dropped += output.text.length
        } else await this.#append({ stream: output.name, text: output.text })
        return
      case 'display': {
        const { text, picture } = await richText(output.data, this.#place)
        if (output.update) await this.#update(output.displayId, text)
        else await this.#block({ text, displayId: output.displayId }, picture)
        return
      }
      case 'result': {
        const { text, picture } = await richText(output.data, this.#place)
        const label = this.#options.resultLabel(output.executionCount)
        await this.#block({ text, label, displayId: output.displayId }, picture)
        return
      }
      case 'error':
        await this.#failure(output.error)
        return
      case 'clear':
        if (output.wait) this.#clearFirst = true
        else await this.#clear()
    }
  }

  async #failure(error: KernelFailure): Promise<void> {
    const text = failureText(error, this.#place.colours)
    if (this.inLine) await this.#append({ stream: 'stdout', text: '\n' })
    await this.#append({ stream: 'stderr', text: `${text}\n` })
  }

  /** Text on lines of its own. */
  async #block(
    part: {
      readonly text: string
      readonly label?: string
      readonly displayId: string | undefined
    },
    picture: boolean,
  ): Promise<void> {
    if (this.#clearFirst) await this.#clear()
    if (this.inLine) await this.#append({ stream: 'stdout', text: '\n' })
    if (picture) this.#redrawable = false
    const { label, displayId } = part
    const text = labelled(label, part.text)
    await this.#append({ stream: 'stdout', text, displayId, label })
  }

  async #append(item: Item): Promise<void> {
    if (this.#clearFirst) await this.#clear()
    if (this.#redrawable) this.#items.push(item)
    await this.#write(item.stream, item.text)
  }

  async #write(stream: 'stdout' | 'stderr', text: string): Promise<void> {
    this.#tracker.write(text)
    const { rows } = this.#place
    if (rows === undefined || this.#tracker.row >= rows - 1) {
      this.#redrawable = false
      this.#items = []
    }
    await this.#place.write(stream, text)
  }

  async #clear(): Promise<void> {
    this.#clearFirst = false
    if (!this.#redrawable) {
      if (this.inLine) await this.#write('stdout', '\n')
      return
    }
    this.#items = []
    await this.#takeBack()
  }

  async #takeBack(): Promise<void> {
    const { row } = this.#tracker
    this.#tracker = new TextTracker(this.#place.columns)
    await this.#place.write('stdout', `\r${row > 0 ? `\x1b[${row}A` : ''}\x1b[J`)
  }

  async #update(displayId: string | undefined, text: string): Promise<void> {
    const shown = this.#items.filter((item) => item.displayId === displayId)
    if (displayId === undefined || !this.#redrawable || shown.length === 0) {
      await this.#block({ text, displayId }, false)
      return
    }
    for (const item of shown) item.text = labelled(item.label, text)
    const items = this.#items
    this.#items = []
    await this.#takeBack()
    for (const item of items) await this.#append(item)
  }
}

/** A result of many lines begins below its label. */
function labelled(label: string | undefined, text: string): string {
  const whole = label === undefined ? text : `${label}${text.includes('\n') ? '\n' : ''}${text}`
  return whole.endsWith('\n') ? whole : `${whole}\n`
}

/** The traceback of a kernel, or what there is of one. */
function failureText(error: KernelFailure, colours: boolean): string {
  const { ename, evalue, traceback } = error
  const text = traceback.length > 0 ? traceback.join('\n') : `${ename}: ${evalue}`
  return colours ? text : stripVTControlCharacters(text)
}
