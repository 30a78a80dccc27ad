import type { Endpoint } from '../zmtp/mod.ts'

/** What a byte stream tells its owner. Calls come in order; nothing comes after `closed`. */
export interface ByteStreamHandlers {
  /** Bytes as they arrived; the receiver owns them and may keep views of them. */
  data(bytes: Uint8Array): void
  /**
   * Where the next bytes belong, when that is already known. A stream that can reads straight into
   * it and passes the part that it filled to `data`; others need not ask.
   */
  space?(): Uint8Array | undefined
  /** The write buffer is empty again after `write` returned false. */
  drain(): void
  /** The stream is gone; `cause` is there when it did not end in good order. */
  closed(cause?: Error): void
}

/** A connected stream of bytes: a TCP connection, a pipe, a pair in memory. */
export interface ByteStream {
  /** The peer, for messages to people: `127.0.0.1:40000`. */
  readonly remote: string
  /** Starts delivery; called once, before anything else. */
  start(handlers: ByteStreamHandlers): void
  /** Takes the chunks over without copying them; false when the peer is slower than we are. */
  write(chunks: readonly Uint8Array[]): boolean
  /** Stops and restarts delivery of `data`: back pressure on the peer. */
  pause(): void
  resume(): void
  /** Sends what is buffered, then ends. */
  end(): void
  /** Ends at once; what is buffered is lost. */
  destroy(): void
}

export interface Listener {
  /** Where it really listens: `tcp://127.0.0.1:40000` after a bind to port 0. */
  readonly endpoint: string
  close(): Promise<void>
}

/** The port through which sockets reach the network: one per scheme. */
export interface Transport {
  /** `tcp`, `ipc`, `inproc`, … */
  readonly scheme: string
  /** Rejects when nobody answers there; `signal` gives up. */
  connect(endpoint: Endpoint, signal: AbortSignal): Promise<ByteStream>
  /** Rejects when the address cannot be had. */
  listen(endpoint: Endpoint, onStream: (stream: ByteStream) => void): Promise<Listener>
}
