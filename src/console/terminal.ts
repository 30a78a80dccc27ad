import { once } from 'node:events'
import { emitKeypressEvents, type Interface } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import type { Key } from '../line-editor/mod.ts'
import { KeyQueue } from './key-queue.ts'
import { type Keypress, KeyReader } from './node-keys.ts'

/** The screen and keyboard of an interactive console. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  readonly keys: KeyQueue
  /** Called when the size has changed. */
  onResize: (() => void) | undefined
  write(text: string): void
  /** Resolves when what was written has left, or nearly so. */
  drained(): Promise<void>
  /** Stops this process until it is continued in the foreground, where the system can do that. */
  suspend(): void
}

/** Milliseconds after which an escape is the key, not the beginning of a sequence. */
const escapeMs = 50

/** Characters that are written before keys get their turn. */
const turnChars = 4_096

const enter = '\x1b[?2004h'
const leave = '\x1b[?2004l'

/** This process's terminal, read key by key: no key, Ctrl-C included, is a signal. */
export class NodeTerminal implements Terminal, Disposable {
  readonly keys: KeyQueue = new KeyQueue()
  onResize: (() => void) | undefined
  readonly #input: ReadStream
  readonly #output: WriteStream
  readonly #reader = new KeyReader()
  #sinceTurn = 0
  readonly #onKey = (_: string | undefined, press: Keypress) => {
    const key = this.#reader.read(press)
    if (key !== undefined) this.keys.push(key)
  }
  readonly #resized = () => this.onResize?.()
  /** A terminal that is gone takes nothing and gives nothing. */
  readonly #onGone = () => this.keys.push(gone)

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input
    this.#output = output
    emitKeypressEvents(input, { escapeCodeTimeout: escapeMs } as unknown as Interface)
    input.setRawMode(true)
    input.on('keypress', this.#onKey)
    input.on('end', this.#onGone)
    input.on('error', this.#onGone)
    output.on('error', this.#onGone)
    output.on('resize', this.#resized)
    output.write(enter)
  }

  get columns(): number {
    return this.#output.columns || 80
  }

  get rows(): number {
    return this.#output.rows || 24
  }

  write(text: string): void {
    if (text === '') return
    this.#sinceTurn += text.length
    this.#output.write(text)
  }

  async drained(): Promise<void> {
    if (this.#output.writableNeedDrain) {
      // A terminal that is gone meanwhile takes nothing any more.
      await once(this.#output, 'drain').catch(() => {})
    } else if (this.#sinceTurn > turnChars) {
      // Most systems write to a terminal at once, so that keys would have to wait for all output.
      this.#sinceTurn = 0
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  suspend(): void {
    if (process.platform === 'win32') return
    this.#output.write(leave)
    this.#input.setRawMode(false)
    process.once('SIGCONT', () => {
      this.#input.setRawMode(true)
      this.#output.write(enter)
      this.onResize?.()
    })
    process.kill(process.pid, 'SIGTSTP')
  }

  [Symbol.dispose](): void {
    this.#output.write(leave)
    this.#input.setRawMode(false)
    this.#input.off('keypress', this.#onKey)
    this.#output.off('resize', this.#resized)
    this.#input.pause()
  }
}

/** The terminal was closed. */
const gone: Key = { name: 'gone', ctrl: false, alt: false, shift: false, text: '' }
/** Something happened that whoever waits for a key should look at. */
export const wake: Key = { name: 'wake', ctrl: false, alt: false, shift: false, text: '' }
