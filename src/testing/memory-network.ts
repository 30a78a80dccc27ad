import { type Clock, concat } from '../base/mod.ts'
import type { ByteStream, ByteStreamHandlers, Listener, Transport } from '../sockets/mod.ts'
import type { Endpoint } from '../zmtp/mod.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What may go wrong in a network of memory. */
export interface NetworkFaults {
  /** Each piece of a stream arrives after up to this many milliseconds; order is kept. */
  readonly delayMsMax: number
  /** Chance per piece that the connection breaks instead of delivering it. */
  readonly breakRate: number
}

const noFaults: NetworkFaults = { delayMsMax: 0, breakRate: 0 }

/**
 * A network of named hosts in memory, driven by a clock. Streams keep order and lose nothing, or
 * break, as TCP does; a host can be cut off, which delays everything until it is back.
 */
export class MemoryNetwork {
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #listeners = new Map<number, { host: string; onStream: (stream: ByteStream) => void }>()
  readonly #cut = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #pairs = new Set<Pair>()
  #nextPort = 10_000
  faults: NetworkFaults = noFaults

  constructor(clock: Clock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  /** The `tcp` transport as one host sees it. */
  transport(host: string): Transport {
    return {
      scheme: 'tcp',
      connect: (endpoint) => this.#connect(host, endpoint),
      listen: async (endpoint, onStream) => this.#listen(host, endpoint, onStream),
    }
  }

  /** Nothing reaches or leaves the host until `restore`; connections stay open, as TCP's do. */
  cutOff(host: string): void {
    this.#cut.add(host)
  }

  restore(host: string): void {
    this.#cut.delete(host)
    for (const pair of this.#pairs) pair.wake()
  }

  /** The host's process is gone: its listeners and connections break. */
  kill(host: string): void {
    for (const [port, listener] of this.#listeners) {
      if (listener.host === host) this.#listeners.delete(port)
    }
    for (const pair of this.#pairs) if (pair.touches(host)) pair.break()
  }

  /** The host's process has ended: what it had written arrives, and then the end of its streams. */
  end(host: string): void {
    this.#ended.add(host)
    for (const pair of this.#pairs) if (pair.touches(host)) pair.leave(host)
  }

  isCut(pair: Pair): boolean {
    return pair.hosts.some((host) => this.#cut.has(host))
  }

  forget(pair: Pair): void {
    this.#pairs.delete(pair)
  }

  /** Decides what becomes of one piece: milliseconds until it arrives, or a break. */
  fate(): number | 'break' {
    const { breakRate, delayMsMax } = this.faults
    if (breakRate > 0 && this.#random.float() < breakRate) return 'break'
    return delayMsMax === 0 ? 0 : this.#random.float() * delayMsMax
  }

  async #listen(
    host: string,
    endpoint: Endpoint,
    onStream: (stream: ByteStream) => void,
  ): Promise<Listener> {
    const port = endpoint.port === 0 ? this.#nextPort++ : endpoint.port!
    if (this.#listeners.has(port)) throw new Error(`EADDRINUSE: port ${port} is taken`)
    const listener = { host, onStream }
    this.#listeners.set(port, listener)
    return {
      endpoint: `tcp://${endpoint.host}:${port}`,
      close: async () => {
        if (this.#listeners.get(port) === listener) this.#listeners.delete(port)
      },
    }
  }

  async #connect(host: string, endpoint: Endpoint): Promise<ByteStream> {
    if (this.#ended.has(host)) return new Promise(() => {})
    const listener = this.#listeners.get(endpoint.port!)
    if (listener === undefined) throw new Error(`ECONNREFUSED: nobody listens on ${endpoint.port}`)
    const pair = new Pair(this, this.#clock, [host, listener.host])
    this.#pairs.add(pair)
    listener.onStream(pair.far)
    return pair.near
  }
}

/** A connection: two ends, each with a line of pieces on their way to it. */
class Pair {
  readonly near: End
  readonly far: End
  readonly hosts: readonly [string, string]
  readonly network: MemoryNetwork
  readonly clock: Clock
  broken = false

  constructor(network: MemoryNetwork, clock: Clock, hosts: readonly [string, string]) {
    this.network = network
    this.clock = clock
    this.hosts = hosts
    this.near = new End(this, hosts[1])
    this.far = new End(this, hosts[0])
  }

  touches(host: string): boolean {
    return this.hosts.includes(host)
  }

  other(end: End): End {
    return end === this.near ? this.far : this.near
  }

  wake(): void {
    this.near.deliver()
    this.far.deliver()
  }

  leave(host: string): void {
    const end = this.hosts[0] === host ? this.near : this.far
    end.end()
    end.close()
  }

  break(cause: Error = new Error('ECONNRESET: the connection broke')): void {
    if (this.broken) return
    this.broken = true
    this.network.forget(this)
    this.near.close(cause)
    this.far.close(cause)
  }
}

class End implements ByteStream {
  readonly remote: string
  readonly #pair: Pair
  readonly #incoming: { readonly at: number; readonly bytes: Uint8Array | 'end' }[] = []
  #handlers: ByteStreamHandlers | undefined
  #paused = false
  #closed = false
  #arrivesAt = 0

  constructor(pair: Pair, remote: string) {
    this.#pair = pair
    this.remote = remote
  }

  start(handlers: ByteStreamHandlers): void {
    this.#handlers = handlers
    this.deliver()
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#closed) return true
    const fate = this.#pair.network.fate()
    if (fate === 'break') this.#pair.clock.setTimer(0, () => this.#pair.break())
    else this.#pair.other(this).arrive(concat(chunks), fate)
    return true
  }

  arrive(bytes: Uint8Array | 'end', delayMs: number): void {
    const { clock } = this.#pair
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.monotonicMs() + delayMs)
    this.#incoming.push({ at: this.#arrivesAt, bytes })
    clock.setTimer(this.#arrivesAt - clock.monotonicMs(), () => this.deliver())
  }

  deliver(): void {
    if (this.#handlers === undefined || this.#paused) return
    while (!this.#closed && !this.#pair.network.isCut(this.#pair)) {
      const next = this.#incoming[0]
      if (next === undefined || next.at > this.#pair.clock.monotonicMs()) return
      this.#incoming.shift()
      if (next.bytes === 'end') {
        this.#pair.other(this).close()
        this.close()
        this.#pair.network.forget(this.#pair)
      } else {
        this.#handlers.data(next.bytes)
      }
    }
  }

  close(cause?: Error): void {
    if (this.#closed) return
    this.#closed = true
    const handlers = this.#handlers
    if (handlers !== undefined) queueMicrotask(() => handlers.closed(cause))
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.deliver()
  }

  end(): void {
    if (!this.#closed) this.#pair.other(this).arrive('end', 0)
  }

  destroy(): void {
    this.#pair.break()
  }
}
