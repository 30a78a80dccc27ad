import { type Clock, Deferred, type Logger, type Timer } from '../base/mod.ts'
import { endpointOf } from '../jupyter/mod.ts'
import { Dealer, type SocketContext, Sub } from '../sockets/mod.ts'

export interface HeartOptions {
  readonly context: SocketContext
  readonly address: string
  readonly pingPort: number
  readonly pongPort: number
  readonly uuid: string
  readonly periodMs: number
  /** Checks without a ping before the controller counts as lost; 0 means never. */
  readonly missesMax: number
  /** Called once. */
  readonly onLost: () => void
}

/** Python's engines give a ping this much longer than the period. */
const graceMs = 500

/** Missing pings after which the log says so: a controller may be busy for one or two. */
const missesQuiet = 3

/**
 * Answers every ping with the same frame, and notices when they stop coming.
 * Source: protocol reference §5.3.
 */
export class Heart {
  readonly #options: HeartOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #ping: Sub
  readonly #pong: Dealer
  readonly #beating = new Deferred<void>()
  #timer: Timer | undefined
  #misses = 0
  #answered = false
  #hasLine = false

  constructor(options: HeartOptions) {
    const { context, address, uuid } = options
    this.#options = options
    this.#clock = context.clock
    this.#logger = context.logger
    this.#pong = new Dealer(context, { routingId: uuid, sendHighWaterMark: 16 })
    this.#ping = new Sub(context)
    this.#ping.subscribe(new Uint8Array(0))
    this.#ping.onMessage = (frames) => {
      if (this.#misses >= missesQuiet) this.#logger.info('the controller is heard again')
      this.#misses = 0
      this.#pong.trySend(frames)
      this.#answered = true
      this.#lookForBeat()
    }
    this.#pong.onEvent = (event) => {
      if (event.type !== 'connected') return
      this.#hasLine = true
      this.#lookForBeat()
    }
    this.#pong.connect(endpointOf(address, options.pongPort))
    this.#ping.connect(endpointOf(address, options.pingPort))
    this.#watch()
  }

  /** Settles when the first ping was answered: from then on the controller counts the engine. */
  get beating(): Promise<void> {
    return this.#beating.promise
  }

  async close(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await Promise.all([this.#ping.close(), this.#pong.close()])
  }

  #lookForBeat(): void {
    if (this.#answered && this.#hasLine) this.#beating.resolve()
  }

  #watch(): void {
    const { missesMax, periodMs } = this.#options
    if (missesMax === 0) return
    const checkMs = periodMs + graceMs
    this.#timer = this.#clock.setTimer(checkMs, () => {
      this.#misses++
      if (this.#misses > missesMax) {
        this.#options.onLost()
        return
      }
      if (this.#misses === missesQuiet) {
        const [silentS, leftS] = [missesQuiet, missesMax + 1].map((n) => (n * checkMs) / 1000)
        this.#logger.warn(
          `the controller is silent for ${silentS} s; this engine waits until it is ${leftS} s`,
        )
      }
      this.#watch()
    })
  }
}
