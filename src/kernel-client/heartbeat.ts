import type { Clock, Timer } from '../base/mod.ts'
import { Req, type SocketContext } from '../sockets/mod.ts'

export interface HeartbeatOptions {
  readonly context: SocketContext
  readonly endpoint: string
  /** Milliseconds from one beat to the next. */
  readonly intervalMs: number
  /** Milliseconds without an echo after which the kernel counts as gone. */
  readonly silenceMs: number
  /** Called at the first echo, and whenever it changes afterwards. */
  readonly onChange: (alive: boolean) => void
}

const beat = new Uint8Array([0x70, 0x69, 0x6e, 0x67])

/**
 * Asks a kernel's heartbeat socket for an echo, again and again. The echo comes from a thread of
 * its own, so a kernel that computes is alive. Nobody is missed before the first echo.
 * Source: Jupyter messaging 5.3, "Heartbeat for kernels".
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #clock: Clock
  readonly #socket: Req
  #timer: Timer | undefined
  #alive: boolean | undefined
  #lastEchoMs = 0
  #closed = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#clock = options.context.clock
    this.#socket = new Req(options.context, {
      relaxed: true,
      reconnect: { firstMs: options.intervalMs / 4, maxMs: options.intervalMs },
    })
    this.#socket.onMessage = () => this.#echo()
    this.#socket.onEvent = ({ type }) => {
      // Nobody listens there any more: that is an answer, too.
      if (type === 'connect-failed' && this.#alive) this.#change(false)
      if (type === 'connected') this.#beat()
    }
    this.#socket.connect(options.endpoint)
  }

  /** Undefined before the first echo. */
  get alive(): boolean | undefined {
    return this.#alive
  }

  /** Forgets what it knows: another process will answer. */
  reset(): void {
    this.#alive = undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#socket.close({ lingerMs: 0 })
  }

  #beat(): void {
    this.#timer?.cancel()
    if (this.#closed) return
    this.#timer = this.#clock.setTimer(this.#options.intervalMs, () => this.#beat())
    const silent = this.#clock.monotonicMs() - this.#lastEchoMs > this.#options.silenceMs
    if (this.#alive && silent) this.#change(false)
    this.#socket.trySend([beat])
  }

  #echo(): void {
    this.#lastEchoMs = this.#clock.monotonicMs()
    if (!this.#alive) this.#change(true)
  }

  #change(alive: boolean): void {
    this.#alive = alive
    this.#options.onChange(alive)
  }
}
