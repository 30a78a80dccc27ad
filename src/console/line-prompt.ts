import type { InputRequest } from '../kernel-client/mod.ts'
import { type Layout, LineEditor, layOut } from '../line-editor/mod.ts'
import { PromptPainter } from './prompt-painter.ts'
import type { Terminal } from './terminal.ts'

export type LineEnd =
  | { readonly type: 'line'; readonly line: string }
  /** Ctrl-C, Ctrl-D, or nobody wants the line any more. */
  | { readonly type: 'interrupt' | 'end' | 'cancelled' }

/** Reads a line that a running cell asks for. */
export class LinePrompt {
  readonly #terminal: Terminal
  readonly #prompt: string
  readonly #password: boolean
  readonly #editor = new LineEditor({ singleLine: true })
  readonly #painter = new PromptPainter()

  constructor(terminal: Terminal, { prompt, password }: InputRequest) {
    this.#terminal = terminal
    const above = prompt.lastIndexOf('\n') + 1
    if (above > 0) terminal.write(prompt.slice(0, above))
    this.#prompt = prompt.slice(above)
    this.#password = password
  }

  async read(): Promise<LineEnd> {
    const { keys } = this.#terminal
    for (;;) {
      this.#terminal.write(this.#painter.paint(this.#layout(), [], this.#terminal.rows))
      const key = await keys.next()
      const end = this.#ended(
        key.name === 'wake' || key.name === 'gone' ? 'cancelled' : this.#editor.press(key),
      )
      if (end === undefined) continue
      this.#terminal.write(this.#painter.finish(this.#layout()))
      return end
    }
  }

  #ended(request: string | undefined): LineEnd | undefined {
    switch (request) {
      case 'submit':
        return { type: 'line', line: this.#editor.text }
      case 'interrupt':
        return { type: 'interrupt' }
      case 'leave':
        return { type: 'end' }
      case 'cancelled':
        return { type: 'cancelled' }
      default:
        return undefined
    }
  }

  #layout(): Layout {
    const { text, cursor } = this.#editor.view
    // Not even its length is for others to see.
    const shown = this.#password ? '' : text
    return layOut(
      {
        prompt: [{ text: this.#prompt, sgr: '' }],
        continuation: [],
        spans: [{ text: shown, sgr: '' }],
        cursor: this.#password ? 0 : cursor,
      },
      this.#terminal.columns,
    )
  }
}
