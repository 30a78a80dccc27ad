import { performance } from 'node:perf_hooks'

const width = 10
/** Milliseconds between two looks at the clock. */
const tickMs = 500
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

/** `%px:  50%|█████     | 2/4 [00:03]` */
export function progressText(done: number, total: number, elapsedMs: number): string {
  const share = total === 0 ? 1 : done / total
  const cells = share * width
  const bar = '█'.repeat(Math.floor(cells)) + eighths[Math.floor((cells % 1) * 8)]!
  const percent = String(Math.floor(share * 100)).padStart(3)
  return `%px: ${percent}%|${bar.padEnd(width)}| ${done}/${total} [${clock(elapsedMs)}]`
}

/** Shows how many engines are done, on one line, once that takes longer than it should. */
export class ProgressBar {
  readonly #write: (text: string) => void
  readonly #total: number
  readonly #startedMs = performance.now()
  #timer: NodeJS.Timeout | undefined
  #done = 0
  #shown = ''

  /** `afterMs` below 0: never. */
  constructor(write: (text: string) => void, total: number, afterMs: number) {
    this.#write = write
    this.#total = total
    if (afterMs < 0) return
    this.#timer = setTimeout(() => {
      this.#show()
      this.#timer = setInterval(() => this.#show(), tickMs)
    }, afterMs)
  }

  /** Another engine is done. */
  advance(): void {
    this.#done++
    if (this.#shown !== '') this.#show()
  }

  /** Makes room for something else; the bar comes again below it. */
  clear(): void {
    if (this.#shown === '') return
    this.#write(`\r${' '.repeat(this.#shown.length)}\r`)
    this.#shown = ' '
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#shown === '') return
    this.#show()
    this.#write('\n')
    this.#shown = ''
  }

  #show(): void {
    const text = progressText(this.#done, this.#total, performance.now() - this.#startedMs)
    if (text === this.#shown) return
    this.#write(`\r${text}`)
    this.#shown = text
  }
}
