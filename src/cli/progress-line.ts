import type { ClusterProgress } from '../cluster/mod.ts'

const indent = '  '

/** Shows how far a start has come: one line that changes on a terminal, some lines elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #quiet: boolean
  #open = false

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream
    this.#quiet = quiet
  }

  show(progress: ClusterProgress): void {
    if (this.#quiet) return
    if (progress.stage === 'controller-ready') this.#line('controller is ready')
    if (progress.stage !== 'engines') return
    const { ready, total } = progress
    if (this.#stream.isTTY === true) {
      const text = ` ${ready}/${total} engines`
      // A line that wraps cannot be taken back.
      const room = (this.#stream.columns || 80) - 1 - text.length - indent.length
      const width = Math.max(0, Math.min(24, room))
      const done = Math.round((ready / total) * width)
      const bar = '█'.repeat(done) + '░'.repeat(width - done)
      this.#stream.write(`\r\u001b[2K${indent}${bar}${text}`)
      this.#open = true
    } else if (ready === total) {
      this.#line(`${ready} of ${total} engines are ready`)
    }
  }

  /** Ends the changing line, so that others can follow. */
  end(): void {
    if (this.#open) this.#stream.write('\r\u001b[2K')
    this.#open = false
  }

  #line(text: string): void {
    if (this.#stream.isTTY !== true) this.#stream.write(`${text}\n`)
  }
}
