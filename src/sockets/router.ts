import { binaryKey, hex, type Random } from '../base/mod.ts'
import type { PeerFacts } from '../zmtp/mod.ts'
import { ByteMap } from './byte-map.ts'
import { PeerUnreachableError } from './errors.ts'
import type { SocketContext, SocketOptions } from './options.ts'
import type { Pipe } from './pipe.ts'
import { noMessages, type Routing, type SendOutcome } from './routing.ts'
import { DuplexSocket } from './socket.ts'

/** How a ROUTER socket behaves, beside what every socket can be told. */
export interface RouterOptions extends SocketOptions {
  /** `send` to a peer that is not there rejects with `PeerUnreachableError` instead of dropping. */
  readonly mandatory?: boolean
  /**
   * A new connection with a routing id in use takes it over, and the old one is closed. Default
   * false, as in libzmq: the first one keeps it and the new one is refused. The first one is asked
   * for a sign of life then, so that a peer whose connection died unseen gets in when it tries again.
   */
  readonly handover?: boolean
}

class RouterRouting implements Routing {
  readonly skip = 1
  readonly #routes: ByteMap<Pipe>
  readonly #handover: boolean
  #nextId: number

  constructor(handover: boolean, random: Random) {
    this.#handover = handover
    this.#nextId = Math.floor(random.float() * 0x1_0000_0000)
    this.#routes = new ByteMap(Math.floor(random.float() * 0x1_0000_0000))
  }

  /** Nothing can be sent before the peer has named itself. */
  pipeAdded(): void {}

  pipeOpened(pipe: Pipe, peer: PeerFacts): string | undefined {
    let { routingId } = peer
    if (routingId.length === 0) {
      const before = pipe.routingId
      routingId = before !== undefined && before[0] === 0 ? before : this.#newId()
    }
    const holder = this.#routes.get(routingId)
    if (holder !== undefined && holder !== pipe) {
      if (!this.#handover) {
        // Its old connection may be dead without our knowing: then the next attempt will do.
        holder.link?.probe()
        return `the routing id ${printable(routingId)} is in use`
      }
      this.pipeRemoved(holder)
      holder.link?.close('closed', 'another connection took its routing id over')
    }
    // After a reconnection another peer may answer.
    this.pipeRemoved(pipe)
    pipe.routingId = routingId
    this.#routes.set(routingId, pipe)
    return undefined
  }

  pipeRemoved(pipe: Pipe): readonly Uint8Array[][] {
    const { routingId } = pipe
    if (routingId !== undefined && this.#routes.get(routingId) === pipe) {
      this.#routes.delete(routingId)
    }
    return noMessages
  }

  received(pipe: Pipe, frames: Uint8Array[]): Uint8Array[] {
    frames.unshift(pipe.routingId!.slice())
    return frames
  }

  send(frames: readonly Uint8Array[]): SendOutcome {
    const address = frames[0]
    if (address === undefined || frames.length < 2) return 'unreachable'
    const pipe = this.#routes.get(address)
    if (pipe === undefined) return 'unreachable'
    return pipe.send(frames) ? 'sent' : 'full'
  }

  waitingKey(frames: readonly Uint8Array[]): string {
    return binaryKey(frames[0] ?? new Uint8Array(0))
  }

  #newId(): Uint8Array {
    const id = new Uint8Array(5)
    this.#nextId = (this.#nextId + 1) >>> 0
    new DataView(id.buffer).setUint32(1, this.#nextId)
    return id
  }
}

/** A routing id for people: as text when it is, in hexadecimal otherwise. */
function printable(id: Uint8Array): string {
  const plain = id.every((byte) => byte > 0x20 && byte < 0x7f)
  return plain ? `'${binaryKey(id)}'` : `0x${hex(id)}`
}

/**
 * Knows its peers by their routing ids: every message received begins with the id of its sender,
 * every message sent with that of its receiver. Source: RFC 28, "The ROUTER Socket Type".
 */
export class Router extends DuplexSocket {
  readonly #mandatory: boolean

  constructor(context: SocketContext, options: RouterOptions = {}) {
    super(context, 'ROUTER', new RouterRouting(options.handover ?? false, context.random), options)
    this.#mandatory = options.mandatory ?? false
  }

  /**
   * Sends to the peer that `frames[0]` names, waiting for room if need be.
   * @throws {ClosedError} when the socket is closed.
   * @throws {PeerUnreachableError} when the socket is `mandatory` and there is no such peer;
   * otherwise the message is dropped.
   */
  override async send(frames: readonly Uint8Array[]): Promise<void> {
    try {
      await super.send(frames)
    } catch (error) {
      if (this.#mandatory || !(error instanceof PeerUnreachableError)) throw error
    }
  }
}
