import type { PeerFacts } from '../zmtp/mod.ts'
import type { Pipe } from './pipe.ts'

/** What became of a message: `full` is worth waiting for, `unreachable` is not. */
export type SendOutcome = 'sent' | 'full' | 'unreachable'

/**
 * What makes a pattern: which pipes a message goes to, and what a received one becomes. One
 * object belongs to one socket. Source: RFC 28 to 31.
 */
export interface Routing {
  /** Frames at the head of a sent message that are not for the wire: a ROUTER's address. */
  readonly skip: 0 | 1
  /** A pipe that can be sent to: at `connect`, or after the handshake of a peer that came. */
  pipeAdded(pipe: Pipe): void
  /** A handshake is over; for an outgoing pipe this happens again at each reconnection. A string refuses. */
  pipeOpened(pipe: Pipe, peer: PeerFacts): string | undefined
  /** The pipe will not come back. Returns the messages to deliver because of that. */
  pipeRemoved(pipe: Pipe): readonly Uint8Array[][]
  /** What to deliver of a received message; `undefined` drops it. */
  received(pipe: Pipe, frames: Uint8Array[]): Uint8Array[] | undefined
  send(frames: readonly Uint8Array[]): SendOutcome
  /**
   * Subscriptions of the peer; absent in patterns whose peers cannot have any. Returns the message
   * to deliver because of that.
   */
  subscribed?(pipe: Pipe, topic: Uint8Array): Uint8Array[] | undefined
  cancelled?(pipe: Pipe, topic: Uint8Array): Uint8Array[] | undefined
  /** A message was handed to the program; with this, none is until `Inbox.proceed`. */
  taken?(frames: Uint8Array[]): void
  /** Messages with different keys may overtake each other while they wait for room. */
  waitingKey?(frames: readonly Uint8Array[]): string
}

/** For patterns that deliver nothing when a pipe is removed. */
export const noMessages: readonly Uint8Array[][] = []
