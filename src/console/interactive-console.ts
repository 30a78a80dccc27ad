import { messageOf } from '../base/mod.ts'
import { describeCause } from '../jupyter/mod.ts'
import { type ExecuteOutcome, type InputRequest, KernelGoneError } from '../kernel-client/mod.ts'
import type { KernelDeath, KernelHandle } from '../kernel-launcher/mod.ts'
import { InputHistory, type Key } from '../line-editor/mod.ts'
import { CellOutput, type OutputPlace } from './cell-output.ts'
import { CellPrompt, type PromptEnd } from './cell-prompt.ts'
import { type Highlighter, loadHighlighter, plainCode } from './colours.ts'
import type { HistoryFile } from './history-file.ts'
import { LinePrompt } from './line-prompt.ts'
import { inspectedName, isOwnCommand, wantsToLeave } from './own-commands.ts'
import { pagedText } from './page.ts'
import { screenPlace } from './places.ts'
import { richText } from './rich-text.ts'
import { type Terminal, wake } from './terminal.ts'
import type { ImageProtocol } from './terminal-images.ts'
import { Theme } from './theme.ts'

export interface InteractiveConsoleOptions {
  readonly kernel: KernelHandle
  readonly terminal: Terminal
  readonly history: HistoryFile
  readonly colours: boolean
  readonly images: ImageProtocol | undefined
}

/** A person at a terminal, and a kernel: reads cells, runs them, shows what they show. */
export class InteractiveConsole {
  readonly #kernel: KernelHandle
  readonly #terminal: Terminal
  readonly #historyFile: HistoryFile
  readonly #history: InputHistory
  readonly #theme: Theme
  readonly #place: OutputPlace
  /** What comes while no cell runs: from timers of earlier ones. */
  readonly #stray: CellOutput
  #highlight: Highlighter = plainCode
  #prompt: CellPrompt | undefined
  #line: LinePrompt | undefined
  #count = 1
  /** What the next prompt begins with. */
  #nextInput = ''
  #leaving = false
  #death: KernelDeath | undefined
  /** Set while it is asked whether to leave a cell that runs. */
  #question: ((yes: boolean) => void) | undefined

  constructor(options: InteractiveConsoleOptions) {
    const { kernel, terminal, history, colours, images } = options
    this.#kernel = kernel
    this.#terminal = terminal
    this.#historyFile = history
    this.#history = new InputHistory(history.read())
    this.#theme = new Theme(colours)
    this.#place = screenPlace(terminal, colours, images)
    this.#stray = this.#output({ ...this.#place, rows: undefined, write: this.#writeAbove })
    kernel.onDeath = (death) => {
      this.#death = death
      terminal.keys.push(wake)
    }
    kernel.client.events = {
      ...kernel.client.events,
      onOutput: (output, { own }) => {
        if (own) this.#stray.add(output)
      },
    }
  }

  /** Runs until the person leaves. @returns the exit code: 1 when the kernel is gone for good. */
  async run(): Promise<number> {
    // The prompt is there at once, even where the kernel is busy with a cell of somebody else; the
    // colours and its number come when they are known.
    void this.#loadColours()
    if (!this.#kernel.owned) void this.#learnCount()
    for (;;) {
      const end = await this.#readCell()
      if (end.type === 'leave') return 0
      if (end.type === 'code') await this.#perform(end.code)
      else this.#nextInput = end.text
      if (this.#leaving) return 0
      const death = this.#death
      this.#death = undefined
      if (death !== undefined && !(await this.#revive(death))) return 1
    }
  }

  get #language(): string {
    return this.#kernel.info.language.name
  }

  async #loadColours(): Promise<void> {
    if (!this.#place.colours) return
    this.#highlight = await loadHighlighter(this.#language || 'typescript')
    this.#prompt?.repaint()
  }

  /** A kernel that runs already has cells of others behind it. */
  async #learnCount(): Promise<void> {
    try {
      this.#took(await this.#kernel.client.execute('', { silent: true }))
      this.#prompt?.repaint()
    } catch {
      // The console was left, or the kernel is gone, which is told in its own place.
    }
  }

  async #readCell(): Promise<PromptEnd> {
    const prompt = new CellPrompt({
      client: this.#kernel.client,
      language: this.#language,
      terminal: this.#terminal,
      rich: this.#place,
      theme: this.#theme,
      highlight: (code) => this.#highlight(code),
      history: this.#history,
      number: () => this.#count,
      text: this.#nextInput,
      obsolete: () => this.#death !== undefined,
    })
    this.#nextInput = ''
    this.#prompt = prompt
    const end = await prompt.read()
    this.#prompt = undefined
    if (end.type === 'code' && this.#history.add(end.code)) this.#historyFile.append(end.code)
    return end
  }

  async #perform(code: string): Promise<void> {
    if (code.trim() === '') return
    if (!isOwnCommand(this.#language, code)) await this.#runCell(code)
    else if (wantsToLeave(code)) this.#leaving = true
    else await this.#inspect(code)
  }

  async #inspect(command: string): Promise<void> {
    const { code, detail } = inspectedName(command)!
    try {
      const data = await this.#kernel.client.inspect(code, code.length, { detail })
      const found = data === undefined ? undefined : await richText(data, this.#place)
      this.#terminal.write(`${found?.text.trimEnd() ?? `${code} is not found`}\n`)
    } catch (error) {
      if (!(error instanceof KernelGoneError)) throw error
    }
  }

  #output(place: OutputPlace): CellOutput {
    return new CellOutput(place, {
      resultLabel: (count) => this.#theme.resultLabel(count),
    })
  }

  async #runCell(code: string): Promise<void> {
    const output = this.#output(this.#place)
    const { keys } = this.#terminal
    keys.intercept = (key) => this.#line === undefined && this.#pressed(key, output)
    try {
      const outcome = await this.#kernel.client.execute(code, {
        onOutput: (one) => output.add(one),
        onInput: (request) => this.#askLine(request, output),
      })
      await output.finish()
      this.#took(outcome)
    } catch (error) {
      await output.finish()
      // That it has died is told in its own place.
      if (!(error instanceof KernelGoneError)) throw error
    } finally {
      keys.intercept = undefined
      this.#question?.(false)
      if (this.#line !== undefined) keys.push(wake)
    }
  }

  #took({ executionCount, payload }: ExecuteOutcome): void {
    if (executionCount !== undefined) this.#count = executionCount + 1
    for (const each of payload) {
      const page = pagedText(each)
      const { source, text } = each
      if (page !== undefined) this.#terminal.write(`${page}\n`)
      else if (source === 'set_next_input' && typeof text === 'string') this.#nextInput = text
      else if (source === 'ask_exit') this.#leaving = true
    }
  }

  /** A key while a cell runs; one that is not taken waits for the next prompt. */
  #pressed(key: Key, output: CellOutput): boolean {
    if (key.name === 'gone') {
      this.#leave()
    } else if (this.#question !== undefined) {
      this.#question(key.name === 'text' && /^y$/i.test(key.text))
    } else if (key.ctrl && key.name === 'c') {
      output.hurry()
      void this.#interrupt()
    } else if (key.ctrl && key.name === 'd') {
      this.#askToLeave(output)
    } else {
      return false
    }
    return true
  }

  async #interrupt(): Promise<void> {
    try {
      await this.#kernel.interrupt()
    } catch (error) {
      if (error instanceof KernelGoneError) return
      this.#terminal.write(`\n${this.#theme.warning(`not interrupted: ${messageOf(error)}`)}\n`)
    }
  }

  #askToLeave(output: CellOutput): void {
    const what = this.#kernel.owned ? 'Leave, and end it?' : 'Leave? It goes on.'
    const text = this.#theme.warning(`A cell is running. ${what} [y/N] `)
    this.#terminal.write(output.inLine ? `\n${text}` : text)
    output.disturbed()
    this.#question = (yes) => {
      this.#question = undefined
      this.#terminal.write(yes ? 'y\n' : '\n')
      if (yes) this.#leave()
    }
  }

  #leave(): void {
    this.#leaving = true
    this.#kernel.client.kernelGone('the console is left')
  }

  async #askLine(request: InputRequest, output: CellOutput): Promise<string | undefined> {
    await output.settled()
    if (output.inLine) this.#terminal.write('\n')
    output.disturbed()
    this.#line = new LinePrompt(this.#terminal, request)
    const end = await this.#line.read()
    this.#line = undefined
    if (end.type === 'interrupt') await this.#interrupt()
    if (end.type === 'line') return end.line
    // What Jupyter's own console sends for Ctrl-D: Python takes it for the end of a file.
    return end.type === 'end' ? '\x04' : undefined
  }

  readonly #writeAbove = async (_: string, text: string): Promise<void> => {
    this.#prompt?.hide()
    this.#terminal.write(this.#prompt === undefined || text.endsWith('\n') ? text : `${text}\n`)
    this.#prompt?.show()
  }

  /** @returns false when there is no kernel any more. */
  async #revive({ cause, lastWords }: KernelDeath): Promise<boolean> {
    const what =
      cause === undefined ? 'does not answer any more' : `has ended: ${describeCause(cause)}`
    const words = lastWords === '' ? '' : `\n${lastWords}`
    this.#terminal.write(`${this.#theme.warning(`The kernel ${what}.`)}${words}\n`)
    if (!this.#kernel.owned) return false
    try {
      await this.#kernel.restart()
    } catch (error) {
      this.#terminal.write(`${messageOf(error)}\n`)
      return false
    }
    this.#count = 1
    this.#terminal.write('It was started again; what its cells have declared is gone.\n')
    return true
  }
}
