import type { OwnCurveKeys } from '../sockets/mod.ts'

/** How a client behaves. Every time is in milliseconds. */
export interface ClientOptions {
  /** For the controller's first answer; default 10 000. */
  readonly timeoutMs?: number
  /** For the hub's and the engines' answers to anything but tasks; default 30 000. */
  readonly requestTimeoutMs?: number
  /**
   * How long a broken connection may take to come back before everything that waits for it fails
   * with `ConnectionLostError`; default 300 000. `Infinity` waits for ever.
   */
  readonly reconnectTimeoutMs?: number
  /** The `username` in our messages' headers; default `username`, as Python's. */
  readonly username?: string
  /** This client's own key pair for a cluster that encrypts, in Z85. Default: new ones. */
  readonly curve?: OwnCurveKeys
  /** Show what engines print while they run; default true, where the platform gave a place. */
  readonly showOutput?: boolean
}

/** The same with every default filled in. */
export interface ClientSettings {
  readonly timeoutMs: number
  readonly requestTimeoutMs: number
  readonly reconnectTimeoutMs: number
}

export function settingsOf(options: ClientOptions): ClientSettings {
  return {
    timeoutMs: options.timeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    reconnectTimeoutMs: options.reconnectTimeoutMs ?? 300_000,
  }
}
