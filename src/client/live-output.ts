import type { OutputPort, StreamName } from './ports.ts'

/**
 * Shows engines' output while they run, each line with its engine's number before it, as Python
 * does: `[stdout:2] `. A line that is not finished yet is shown at once; when another engine
 * speaks meanwhile, it is broken off.
 */
export class LiveOutput {
  readonly #port: OutputPort
  #unfinished: { readonly stream: StreamName; readonly prefix: string } | undefined

  constructor(port: OutputPort) {
    this.#port = port
  }

  write(stream: StreamName, engineId: number | undefined, text: string): void {
    if (text === '') return
    const prefix = `[${stream}:${engineId ?? '?'}] `
    const open = this.#unfinished
    const goesOn = open !== undefined && open.prefix === prefix
    if (open !== undefined && !goesOn) this.#port.write(open.stream, '\n')
    const begun = goesOn ? '' : prefix
    this.#port.write(stream, begun + text.replace(/(\r\n|\n|\r(?!\n))(?!$)/g, `$1${prefix}`))
    this.#unfinished = text.endsWith('\n') ? undefined : { stream, prefix }
  }

  /** Ends a line that is not finished, because something else is shown now. */
  breakLine(): void {
    if (this.#unfinished !== undefined) this.#port.write(this.#unfinished.stream, '\n')
    this.#unfinished = undefined
  }
}
