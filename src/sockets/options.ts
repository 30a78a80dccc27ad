import { ArgumentError, type Clock, type Logger, limits, type Random, utf8 } from '../base/mod.ts'
import { type MechanismFactory, NullMechanism } from '../zmtp/mod.ts'
import { type CurveOptions, curveSecurity, type Security } from './curve.ts'
import type { Strangers } from './strangers.ts'
import type { Transport } from './transport.ts'

/** The platform, as a socket needs it. */
export interface SocketContext {
  /** One per scheme that `bind` and `connect` should understand. */
  readonly transports: readonly Transport[]
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Encrypts the connections of every socket that says nothing about its own. */
  readonly curve?: CurveOptions
  /** Bounds what peers that connect to these sockets may send before they show who they are. */
  readonly strangers?: Strangers
}

/** What every socket can be told. Times are in milliseconds. */
export interface SocketOptions {
  /** How this socket introduces itself to a ROUTER: 1 to 255 bytes, not beginning with zero. */
  readonly routingId?: string | Uint8Array
  /** Messages that may wait for one peer before `trySend` says no; 0 means any number. Default 1000. */
  readonly sendHighWaterMark?: number
  /** Messages of one peer that may wait for `receive` before that peer is held back; 0 means any number. Default 1000. */
  readonly receiveHighWaterMark?: number
  /**
   * PING a peer every `intervalMs` and give it up after `timeoutMs` of silence (default: the
   * interval). Peers that speak ZMTP 3.0 are not pinged. Default: no heartbeat.
   */
  readonly heartbeat?: { readonly intervalMs: number; readonly timeoutMs?: number }
  /** Largest frame, and largest sum of a message's frames, that a peer may send, in bytes. */
  readonly frameBytesMax?: number
  /** Milliseconds from the connection to the end of the handshake. */
  readonly handshakeMs?: number
  /** Waits between attempts to connect, in milliseconds: the first, and the longest. */
  readonly reconnect?: { readonly firstMs: number; readonly maxMs: number }
  /** Encrypts all connections with CURVE. Default: none is. */
  readonly curve?: CurveOptions
  /** Another security mechanism; default NULL. */
  readonly mechanism?: MechanismFactory
  /** 0 speaks ZMTP 3.0 instead of 3.1. */
  readonly minorVersion?: 0 | 1
}

/** The options of a socket, checked, with every default filled in. */
export interface Settings {
  readonly routingId: Uint8Array
  readonly sendHighWaterMark: number
  readonly receiveHighWaterMark: number
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number } | undefined
  readonly frameBytesMax: number
  readonly handshakeMs: number
  readonly reconnect: { readonly firstMs: number; readonly maxMs: number }
  readonly mechanism: MechanismFactory
  /** To be awaited before there is a connection. Absent: there is nothing to wait for. */
  readonly prepare: Security['prepare'] | undefined
  readonly minorVersion: 0 | 1
}

/** libzmq's default for both marks. */
const highWaterMark = 1_000

const nullMechanism: MechanismFactory = () => new NullMechanism()

/** @throws {ArgumentError} for a value that can never work. */
export function settingsOf(
  options: SocketOptions,
  context: Pick<SocketContext, 'curve' | 'random'>,
): Settings {
  const { routingId = '', heartbeat } = options
  const id = typeof routingId === 'string' ? utf8(routingId) : new Uint8Array(routingId)
  if (id.length > 255 || id[0] === 0) {
    throw new ArgumentError('a routing id has 1 to 255 bytes and does not begin with a zero byte')
  }
  const beat = heartbeat && {
    intervalMs: positive('heartbeat.intervalMs', heartbeat.intervalMs),
    timeoutMs: positive('heartbeat.timeoutMs', heartbeat.timeoutMs ?? heartbeat.intervalMs),
  }
  const security = securityOf(options, context)
  return {
    routingId: id,
    sendHighWaterMark: mark('sendHighWaterMark', options.sendHighWaterMark),
    receiveHighWaterMark: mark('receiveHighWaterMark', options.receiveHighWaterMark),
    heartbeat: beat,
    frameBytesMax: positive('frameBytesMax', options.frameBytesMax ?? limits.frameBytesMax),
    handshakeMs: positive('handshakeMs', options.handshakeMs ?? limits.handshakeMs),
    reconnect: options.reconnect ?? {
      firstMs: limits.reconnectFirstMs,
      maxMs: limits.reconnectMaxMs,
    },
    mechanism: security?.mechanism ?? options.mechanism ?? nullMechanism,
    prepare: security?.prepare,
    minorVersion: options.minorVersion ?? 1,
  }
}

function securityOf(
  { curve, mechanism }: SocketOptions,
  context: Pick<SocketContext, 'curve' | 'random'>,
): Security | undefined {
  if (curve !== undefined && mechanism !== undefined) {
    throw new ArgumentError('a socket has one security mechanism: curve, or another one')
  }
  const chosen = curve ?? (mechanism === undefined ? context.curve : undefined)
  return chosen && curveSecurity(chosen, context.random)
}

/** A high-water mark as a number to compare with: 0 becomes infinity. */
function mark(name: string, value: number = highWaterMark): number {
  if (!Number.isInteger(value) || value < 0) {
    throw new ArgumentError(`${name} is a number of messages, 0 or more; not ${value}`)
  }
  return value === 0 ? Number.POSITIVE_INFINITY : value
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new ArgumentError(`${name} must be above 0; not ${value}`)
  return value
}
