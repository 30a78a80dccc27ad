import { type Clock, Queue } from '../base/mod.ts'
import type { Endpoint } from '../zmtp/mod.ts'
import type { ByteStream, ByteStreamHandlers, Listener, Transport } from './transport.ts'

/** Bytes on their way to one end before its peer's `write` says that it is slow. */
const waitingBytesMax = 65_536

/** Deliveries in a row before the rest of the program gets its turn. */
const deliveriesPerTurn = 64

/**
 * Endpoints within one process: `inproc://name`. Each call makes a space of names of its own.
 * `connect` waits for a `listen` that comes later.
 */
export function inprocTransport(clock: Clock): Transport {
  const listeners = new Map<string, (stream: ByteStream) => void>()
  const waiting = new Map<string, Set<() => void>>()
  return {
    scheme: 'inproc',
    async listen({ address }: Endpoint, onStream): Promise<Listener> {
      if (listeners.has(address)) throw new Error(`the name ${address} is in use`)
      listeners.set(address, onStream)
      for (const connect of waiting.get(address) ?? []) connect()
      waiting.delete(address)
      return {
        endpoint: `inproc://${address}`,
        close: async () => void listeners.delete(address),
      }
    },
    connect({ address }: Endpoint, signal): Promise<ByteStream> {
      return new Promise((resolve, reject) => {
        const connect = (): void => {
          signal.removeEventListener('abort', abort)
          const [near, far] = pairOf(clock, address)
          listeners.get(address)!(far)
          resolve(near)
        }
        const abort = (): void => {
          waiting.get(address)?.delete(connect)
          reject(signal.reason)
        }
        if (signal.aborted) abort()
        else if (listeners.has(address)) connect()
        else {
          signal.addEventListener('abort', abort)
          waiting.set(address, (waiting.get(address) ?? new Set()).add(connect))
        }
      })
    },
  }
}

/** Two connected ends. */
function pairOf(clock: Clock, name: string): [near: ByteStream, far: ByteStream] {
  const near = new InprocStream(clock, name)
  const far = new InprocStream(clock, name)
  near.peer = far
  far.peer = near
  return [near, far]
}

class InprocStream implements ByteStream {
  readonly remote: string
  peer: InprocStream | undefined
  readonly #clock: Clock
  readonly #arrived: Queue<Uint8Array> = new Queue()
  #handlers: ByteStreamHandlers | undefined
  #bytes = 0
  #paused = false
  // The peer writes no more; the end is told when all is delivered.
  #ended = false
  #closed = false
  #cause: Error | undefined
  // Whether our own writes said that the peer is slow.
  #blocked = false
  #scheduled = false
  #deliveries = 0

  constructor(clock: Clock, name: string) {
    this.#clock = clock
    this.remote = name
  }

  start(handlers: ByteStreamHandlers): void {
    this.#handlers = handlers
    if (this.#closed) queueMicrotask(() => handlers.closed(this.#cause))
    this.#schedule()
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const { peer } = this
    if (peer === undefined || this.#closed || peer.#ended) return true
    for (const chunk of chunks) {
      peer.#arrived.push(chunk)
      peer.#bytes += chunk.length
    }
    peer.#schedule()
    this.#blocked = peer.#bytes > waitingBytesMax
    return !this.#blocked
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  end(): void {
    const { peer } = this
    if (peer === undefined || peer.#ended) return
    peer.#ended = true
    peer.#schedule()
  }

  destroy(): void {
    const { peer } = this
    this.#close()
    if (peer !== undefined) peer.#close(new Error('the other side broke the connection'))
  }

  /** The other end has read most of what we wrote. */
  relieved(): void {
    if (!this.#blocked) return
    this.#blocked = false
    this.#handlers?.drain()
  }

  #schedule(): void {
    if (this.#scheduled || this.#handlers === undefined || this.#paused || this.#closed) return
    this.#scheduled = true
    const deliver = (): void => {
      this.#scheduled = false
      this.#deliver()
    }
    // Two ends that answer each other in microtasks would never let the program do anything else.
    if (++this.#deliveries % deliveriesPerTurn === 0) this.#clock.setTimer(0, deliver)
    else queueMicrotask(deliver)
  }

  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const bytes = this.#arrived.shift()
      if (bytes === undefined) break
      this.#bytes -= bytes.length
      this.#handlers!.data(bytes)
    }
    const { peer } = this
    if (this.#bytes <= waitingBytesMax / 2) peer?.relieved()
    if (this.#ended && this.#arrived.size === 0 && !this.#paused) {
      this.#close()
      if (peer !== undefined) peer.#close()
    }
  }

  #close(cause?: Error): void {
    if (this.#closed) return
    this.#closed = true
    this.#cause = cause
    this.peer = undefined
    this.#arrived.clear()
    const handlers = this.#handlers
    queueMicrotask(() => handlers?.closed(cause))
  }
}
