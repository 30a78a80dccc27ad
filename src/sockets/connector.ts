import { Backoff, type Timer } from '../base/mod.ts'
import { type Endpoint, parseEndpoint } from '../zmtp/mod.ts'
import type { SocketEvent } from './monitor.ts'
import type { Settings, SocketContext } from './options.ts'
import type { ByteStream, Transport } from './transport.ts'

export interface ConnectorOptions {
  readonly endpoint: string
  readonly transport: Transport
  readonly context: SocketContext
  readonly settings: Settings
  readonly onStream: (stream: ByteStream) => void
  readonly onEvent: (event: SocketEvent) => void
}

/** A connection that held this long, in milliseconds, makes the next wait the shortest again. */
const steadyMs = 1_000

/** Keeps one endpoint connected: tries for ever, waiting longer each time. */
export class Connector {
  readonly #options: ConnectorOptions
  readonly #endpoint: Endpoint
  readonly #backoff: Backoff
  #attempt: AbortController | undefined
  #timer: Timer | undefined
  #connectedAtMs = 0
  #closed = false

  constructor(options: ConnectorOptions) {
    this.#options = options
    this.#endpoint = parseEndpoint(options.endpoint)
    const { firstMs, maxMs } = options.settings.reconnect
    this.#backoff = new Backoff(firstMs, maxMs, options.context.random)
  }

  /** Makes one attempt, and the next ones when it fails. */
  start(): void {
    const { context, settings, endpoint, onStream, onEvent } = this.#options
    const attempt = new AbortController()
    this.#attempt = attempt
    this.#timer = context.clock.setTimer(settings.handshakeMs, () => {
      attempt.abort(new Error(`no answer within ${settings.handshakeMs} ms`))
    })
    this.#connect(attempt.signal).then(
      (stream) => {
        this.#timer?.cancel()
        if (this.#closed) {
          stream.destroy()
          return
        }
        this.#connectedAtMs = context.clock.monotonicMs()
        onStream(stream)
      },
      (cause) => {
        this.#timer?.cancel()
        if (this.#closed) return
        onEvent({ type: 'connect-failed', endpoint, cause })
        this.#retry()
      },
    )
  }

  /** The connection is gone: makes the next one after a wait. */
  reconnect(): void {
    if (this.#closed) return
    if (this.#options.context.clock.monotonicMs() - this.#connectedAtMs >= steadyMs) {
      this.#backoff.reset()
    }
    this.#retry()
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#attempt?.abort(new Error('the socket was closed'))
  }

  #connect(signal: AbortSignal): Promise<ByteStream> {
    const { transport, settings } = this.#options
    const connect = () => transport.connect(this.#endpoint, signal)
    return settings.prepare === undefined ? connect() : settings.prepare().then(connect)
  }

  #retry(): void {
    const inMs = this.#backoff.next()
    this.#options.onEvent({ type: 'retrying', endpoint: this.#options.endpoint, inMs })
    this.#timer = this.#options.context.clock.setTimer(inMs, () => this.start())
  }
}
