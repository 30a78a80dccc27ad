import { limits, messageOf } from '../base/mod.ts'
import { type KernelClient, KernelGoneError } from '../kernel-client/mod.ts'
import {
  columnsOf,
  type EditorRequest,
  type InputHistory,
  type Layout,
  LineEditor,
  layOut,
} from '../line-editor/mod.ts'
import type { Highlighter } from './colours.ts'
import { isOwnCommand } from './own-commands.ts'
import { PromptPainter } from './prompt-painter.ts'
import { type RichTextOptions, richText } from './rich-text.ts'
import type { Terminal } from './terminal.ts'
import type { Theme } from './theme.ts'

export interface CellPromptOptions {
  readonly client: KernelClient
  readonly language: string
  readonly terminal: Terminal
  readonly rich: RichTextOptions
  readonly theme: Theme
  readonly highlight: Highlighter
  readonly history: InputHistory
  /** Of the cell, as far as it is known by now. */
  readonly number: () => number
  /** What stands there to begin with. */
  readonly text: string
  /** Whether the prompt is not wanted any more; looked at when a key says `wake`. */
  readonly obsolete: () => boolean
}

export type PromptEnd =
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'leave' }
  /** `text` was typed so far. */
  | { readonly type: 'obsolete'; readonly text: string }

/** Rows of a menu; more are a matter of scrolling. */
const menuRowsMax = 10

/** Reads one cell of any number of lines, with the kernel's help. */
export class CellPrompt {
  readonly #options: CellPromptOptions
  readonly #editor: LineEditor
  readonly #painter = new PromptPainter()
  #hint: readonly string[] = []
  #hidden = false
  #done = false

  constructor(options: CellPromptOptions) {
    this.#options = options
    const indent = options.language === 'python' ? '    ' : '  '
    this.#editor = new LineEditor({ history: options.history, indent })
    this.#editor.set(options.text)
  }

  async read(): Promise<PromptEnd> {
    const { terminal, obsolete } = this.#options
    const { keys } = terminal
    terminal.onResize = () => {
      this.#painter.resized(terminal.columns)
      this.repaint()
    }
    this.repaint()
    try {
      for (;;) {
        const key = await keys.next()
        if (key.name === 'gone') return { type: 'leave' }
        if (key.name === 'wake') {
          if (!obsolete()) continue
          this.hide()
          return { type: 'obsolete', text: this.#editor.text }
        }
        const before = this.#layout()
        this.#hint = []
        const request = this.#editor.press(key)
        const end = request === undefined ? undefined : await this.#perform(request, before)
        if (end !== undefined) return end
        if (keys.size === 0) this.repaint()
      }
    } finally {
      this.#done = true
      terminal.onResize = undefined
    }
  }

  repaint(): void {
    if (this.#hidden || this.#done) return
    const { terminal } = this.#options
    const layout = this.#layout()
    const below = [...this.#menuRows(terminal.rows - layout.rows.length), ...this.#hint]
    terminal.write(this.#painter.paint(layout, below, terminal.rows))
  }

  /** Makes room for output. */
  hide(): void {
    this.#hidden = true
    this.#options.terminal.write(this.#painter.erase())
  }

  /** Comes back below output. */
  show(): void {
    this.#hidden = false
    this.repaint()
  }

  #layout(): Layout {
    const { theme, number, highlight, terminal } = this.#options
    const { text, cursor, search } = this.#editor.view
    const plain = text.length > limits.colouredCharsMax
    const shown = {
      prompt:
        search === undefined
          ? theme.prompt(number())
          : theme.searchPrompt(search.query, search.failed),
      continuation: theme.continuation(number()),
      spans: plain ? [{ text, sgr: '' }] : highlight(text),
      cursor,
    }
    return layOut(shown, terminal.columns)
  }

  #menuRows(room: number): string[] {
    const { menu } = this.#editor.view
    if (menu === undefined) return []
    const { theme, terminal } = this.#options
    const rowsMax = Math.max(1, Math.min(menuRowsMax, room - 1))
    const columns = terminal.columns - 1
    const { rows, hidden } = columnsOf(menu.candidates, menu.selected, columns, rowsMax)
    const shown = rows.map((cells) =>
      cells
        .map(({ text, selected }) => (selected ? `\x1b[7m${text}\x1b[0m` : text))
        .join('')
        .trimEnd(),
    )
    return hidden === 0 ? shown : [...shown, theme.dim(`… and ${hidden} more`)]
  }

  async #perform(request: EditorRequest, before: Layout): Promise<PromptEnd | undefined> {
    const { terminal } = this.#options
    switch (request) {
      case 'submit':
        return this.#submit()
      case 'complete':
        await this.#help(() => this.#complete())
        return undefined
      case 'inspect':
        await this.#help(() => this.#inspect())
        return undefined
      case 'interrupt':
        if (before.rows.length === 1 && before.cursorColumn === this.#layout().cursorColumn) {
          this.#hint = [this.#options.theme.dim('Ctrl-D leaves')]
        } else terminal.write(this.#painter.finish(before))
        return undefined
      case 'leave':
        this.#finish()
        return { type: 'leave' }
      case 'clear-screen':
        terminal.write('\x1b[H\x1b[2J')
        this.#painter.forget()
        return undefined
      case 'suspend':
        terminal.write(this.#painter.finish(this.#layout()))
        terminal.suspend()
        return undefined
    }
  }

  #finish(): void {
    this.#options.terminal.write(this.#painter.finish(this.#layout()))
  }

  async #submit(): Promise<PromptEnd | undefined> {
    const code = this.#editor.text
    if (code.trim() !== '' && !isOwnCommand(this.#options.language, code)) {
      this.#editor.closeMenu()
      // What is drawn while the kernel is asked must not lag behind the keys.
      this.repaint()
      const answer = await this.#completeness(code)
      if (answer.obsolete) {
        this.hide()
        return { type: 'obsolete', text: code }
      }
      if (answer.status === 'incomplete') {
        this.#editor.buffer.textEnd()
        this.#editor.newline(answer.indent === '' ? deeper(code) : answer.indent)
        return undefined
      }
    }
    this.#finish()
    return { type: 'code', code: this.#editor.take() }
  }

  async #completeness(
    code: string,
  ): Promise<{ status: string; indent: string; obsolete: boolean }> {
    try {
      const timeoutMs = limits.consoleAnswerMs
      const answer = await this.#options.client.isComplete(code, { timeoutMs })
      return { ...answer, obsolete: false }
    } catch (error) {
      // A kernel that does not say: as in Python's prompt, an empty line ends the cell.
      const status = /\n\s*$/.test(code) ? 'unknown' : 'incomplete'
      return { status, indent: '', obsolete: error instanceof KernelGoneError }
    }
  }

  /** Help that does not come is none; that it does not is no reason to stop typing. */
  async #help(ask: () => Promise<void>): Promise<void> {
    try {
      await ask()
    } catch (error) {
      this.#hint = [this.#options.theme.dim(messageOf(error))]
    }
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#editor.view
    const timeoutMs = limits.consoleAnswerMs
    const found = await this.#options.client.complete(text, cursor, { timeoutMs })
    this.#editor.offer(found.matches, found.start, found.end)
  }

  async #inspect(): Promise<void> {
    const { client, rich, terminal, theme } = this.#options
    const { text, cursor } = this.#editor.view
    const timeoutMs = limits.consoleAnswerMs
    const data = await client.inspect(text, cursor, { timeoutMs })
    const shown = data === undefined ? 'nothing is known of it' : (await richText(data, rich)).text
    const rowsMax = Math.max(1, Math.floor(terminal.rows / 2))
    const lines = shown.trimEnd().split('\n')
    const spans = lines.slice(0, rowsMax).map((line) => cut(line, terminal.columns - 1))
    const more = lines.length - rowsMax
    this.#hint = more > 0 ? [...spans, theme.dim(`… ${more} more lines`)] : spans
  }
}

/** What the next line begins with after one that opens a bracket. */
function deeper(code: string): string {
  const line = code.slice(code.lastIndexOf('\n') + 1)
  const indent = /^[ \t]*/.exec(line)![0]
  return /[{([]\s*$/.test(line) ? `${indent}  ` : indent
}

/** A row that fits; escape sequences do not count. */
function cut(line: string, columns: number): string {
  return layOut(
    { prompt: [], continuation: [], spans: [{ text: plain(line), sgr: '' }], cursor: 0 },
    columns,
  ).rows[0]!
}

function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the kernel's
  return line.replace(/\x1b\[[0-9;]*m/g, '')
}
