import type { StyledSpan } from '../line-editor/mod.ts'
import { ansi } from './colours.ts'

const input = { label: '32', number: '1;32' }
const output = { label: '31', number: '1;31' }

/** The looks of everything but code; without colours, plain text. */
export class Theme {
  readonly #colours: boolean

  constructor(colours: boolean) {
    this.#colours = colours
  }

  /** `In [3]: ` */
  prompt(number: number): readonly StyledSpan[] {
    return this.#label('In [', number, ']: ', input)
  }

  /** Before the lines after the first, as wide as the prompt. */
  continuation(number: number): readonly StyledSpan[] {
    const width = `In [${number}]: `.length
    return [{ text: '...: '.padStart(width), sgr: this.#colours ? input.label : '' }]
  }

  /** In place of the prompt while the history is searched. */
  searchPrompt(query: string, failed: boolean): readonly StyledSpan[] {
    const text = `(${failed ? 'no such cell' : 'search'}: ${query}) `
    return [{ text, sgr: this.#colours ? (failed ? '31' : '33') : '' }]
  }

  /** `Out[3]: ` */
  resultLabel(number: number): string {
    return ansi(this.#label('Out[', number, ']: ', output))
  }

  warning(text: string): string {
    return this.#styled(text, '33')
  }

  dim(text: string): string {
    return this.#styled(text, '90')
  }

  #label(
    before: string,
    number: number,
    after: string,
    look: { readonly label: string; readonly number: string },
  ): readonly StyledSpan[] {
    if (!this.#colours) return [{ text: `${before}${number}${after}`, sgr: '' }]
    return [
      { text: before, sgr: look.label },
      { text: String(number), sgr: look.number },
      { text: after, sgr: look.label },
    ]
  }

  #styled(text: string, sgr: string): string {
    return this.#colours ? ansi([{ text, sgr }]) : text
  }
}
