/** What the tests of this folder stand on: sockets over memory, with a clock that stands still. */
import assert from 'node:assert/strict'
import { concat, type Logger, text, utf8 } from '../base/mod.ts'
import { ManualClock, SeededRandom } from '../testing/mod.ts'
import { Connection, NullMechanism, parseEndpoint } from '../zmtp/mod.ts'
import { inprocTransport } from './inproc.ts'
import type { SocketEvent } from './monitor.ts'
import type { SocketContext } from './options.ts'
import type { Socket } from './socket.ts'
import type { ByteStream } from './transport.ts'

export interface PlayedNetwork {
  readonly clock: ManualClock
  readonly context: SocketContext
  /** Warnings and errors. */
  readonly log: string[]
}

export function playedNetwork(): PlayedNetwork {
  const clock = new ManualClock()
  const log: string[] = []
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (line) => void log.push(line),
    error: (line) => void log.push(line),
  }
  const transports = [inprocTransport(clock)]
  return { clock, log, context: { transports, clock, random: new SeededRandom(1), logger } }
}

/** The events of a socket, from now on. */
export function eventsOf(socket: Socket): SocketEvent[] {
  const events: SocketEvent[] = []
  socket.onEvent = (event) => void events.push(event)
  return events
}

/** Messages received by a handler, from now on, as text. */
export function heardBy(socket: {
  onMessage: ((frames: Uint8Array[]) => void) | undefined
}): string[][] {
  const heard: string[][] = []
  socket.onMessage = (frames) => void heard.push(frames.map(text))
  return heard
}

export function frames(...texts: string[]): Uint8Array[] {
  return texts.map(utf8)
}

/** A peer whose bytes the test writes. */
export interface RawPeer {
  readonly stream: ByteStream
  readonly received: Uint8Array[]
  readonly closed: () => boolean
}

export async function rawPeer(
  { context, clock }: PlayedNetwork,
  endpoint: string,
): Promise<RawPeer> {
  const signal = new AbortController().signal
  const stream = await context.transports[0]!.connect(parseEndpoint(endpoint), signal)
  const received: Uint8Array[] = []
  let closed = false
  stream.start({
    data: (bytes) => void received.push(bytes),
    drain() {},
    closed() {
      closed = true
    },
  })
  await clock.advance(0)
  return { stream, received, closed: () => closed }
}

/** Lets a connection speak through a raw peer until its handshake is over. */
export async function shakeHands(
  network: PlayedNetwork,
  peer: RawPeer,
  connection: Connection,
): Promise<void> {
  for (let round = 0; round < 4 && !connection.open; round++) {
    peer.stream.write(connection.takeOutput())
    await network.clock.advance(0)
    connection.receive(concat(peer.received.splice(0)))
  }
  peer.stream.write(connection.takeOutput())
  await network.clock.advance(0)
  assert.ok(connection.open)
}

/** Where the one socket of a test is bound that others connect to. */
export const endpoint = 'inproc://here'

export function dealerConnection(minorVersion: 0 | 1 = 1): Connection {
  return new Connection({ socketType: 'DEALER', mechanism: new NullMechanism(), minorVersion })
}

/** A peer that has shaken hands with whatever is bound, and then does what the test says. */
export async function openPeer(network: PlayedNetwork, minorVersion: 0 | 1 = 1): Promise<RawPeer> {
  const peer = await rawPeer(network, endpoint)
  await shakeHands(network, peer, dealerConnection(minorVersion))
  peer.received.length = 0
  return peer
}

export function types(events: readonly SocketEvent[]): string[] {
  return events.map(({ type }) => type)
}
