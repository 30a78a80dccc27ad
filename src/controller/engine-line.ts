import { type Timer, text } from '../base/mod.ts'
import { Router, type SocketContext, type SocketOptions } from '../sockets/mod.ts'

/** Milliseconds that an engine may be registered without a connection before that is odd. */
const patienceMs = 5_000

/** Milliseconds for the end of an engine's connection to follow that of its process. */
const lastWordsMs = 1_000

interface Sent {
  readonly frames: readonly Uint8Array[]
  /** In which of the engine's connections it went out. */
  readonly connection: number
}

/** One engine on one channel. */
class Peer {
  /** How many connections there were. */
  connections = 0
  /** What waits for a connection. */
  kept: { frames: readonly Uint8Array[]; taskId: string | undefined }[] = []
  timer: Timer | undefined
  /** Tasks without an answer, by their ids. */
  readonly unanswered = new Map<string, Sent>()
}

/**
 * The controller's side of one channel to all engines. An engine may be registered before its
 * connection for this channel stands, or lose it for a while: what is sent to it then is kept
 * until it is there or has left. Tasks that went out over a connection that broke, and were not
 * answered, go out again as they were: an engine that has them refuses them as replays.
 */
export class EngineLine {
  readonly #router: Router
  readonly #context: SocketContext
  readonly #name: string
  /** By the engine's uuid. */
  readonly #peers = new Map<string, Peer>()
  /** Uuids of the engines whose connection stands. */
  readonly #connected = new Set<string>()
  readonly #awaited = new Map<string, () => void>()
  /** Frames from an engine: its identity first. */
  onMessage: (frames: Uint8Array[]) => void = () => {}

  constructor(context: SocketContext, name: string, options: SocketOptions) {
    this.#context = context
    this.#name = name
    this.#router = new Router(context, options)
    this.#router.onMessage = (frames) => this.onMessage(frames)
    this.#router.onEvent = (event) => {
      if (event.type === 'accepted') this.#accepted(text(event.peerRoutingId))
      else if (event.type === 'disconnected') this.#disconnected(text(event.peerRoutingId))
    }
  }

  bind(endpoint: string): Promise<string> {
    return this.#router.bind(endpoint)
  }

  /**
   * Sends to an engine that has not left. The frames begin with its identity. With a `taskId`
   * they are remembered until `answered`.
   */
  send(uuid: string, frames: readonly Uint8Array[], taskId?: string): void {
    const peer = this.#peer(uuid)
    if (peer.kept.length > 0 || !this.#router.trySend(frames)) {
      this.#keep(uuid, peer, frames, taskId)
    } else if (taskId !== undefined) {
      peer.unanswered.set(taskId, { frames, connection: peer.connections })
    }
  }

  /** The engine has answered. */
  answered(uuid: string, taskId: string): void {
    this.#peers.get(uuid)?.unanswered.delete(taskId)
  }

  /**
   * Calls back when everything is here that the engine of a process that has ended had sent: at the
   * end of its connection, or when that does not come in a second.
   */
  whenSilent(uuid: string, callback: () => void): void {
    if (!this.#connected.has(uuid)) {
      callback()
      return
    }
    const settle = () => {
      if (this.#awaited.get(uuid) !== settle) return
      this.#awaited.delete(uuid)
      timer.cancel()
      callback()
    }
    const timer = this.#context.clock.setTimer(lastWordsMs, settle)
    this.#awaited.get(uuid)?.()
    this.#awaited.set(uuid, settle)
  }

  /** The engine has left: what was kept for it goes. */
  forget(uuid: string): void {
    this.#peers.get(uuid)?.timer?.cancel()
    this.#peers.delete(uuid)
  }

  close(lingerMs: number): Promise<void> {
    for (const uuid of [...this.#peers.keys()]) this.forget(uuid)
    this.#awaited.clear()
    return this.#router.close({ lingerMs })
  }

  #peer(uuid: string): Peer {
    let peer = this.#peers.get(uuid)
    if (peer === undefined) {
      peer = new Peer()
      this.#peers.set(uuid, peer)
    }
    return peer
  }

  #disconnected(uuid: string): void {
    this.#connected.delete(uuid)
    this.#awaited.get(uuid)?.()
  }

  #accepted(uuid: string): void {
    this.#connected.add(uuid)
    // Whoever is not registered may call himself what he likes: nothing is kept for him.
    const peer = this.#peers.get(uuid)
    if (peer === undefined) return
    peer.connections++
    peer.timer?.cancel()
    peer.timer = undefined
    const { kept } = peer
    peer.kept = []
    // First what was sent first: an engine does its requests in the order in which they come.
    for (const [taskId, { frames, connection }] of [...peer.unanswered]) {
      if (connection < peer.connections) this.send(uuid, frames, taskId)
    }
    for (const { frames, taskId } of kept) this.send(uuid, frames, taskId)
  }

  #keep(uuid: string, peer: Peer, frames: readonly Uint8Array[], taskId: string | undefined): void {
    peer.kept.push({ frames, taskId })
    peer.timer ??= this.#context.clock.setTimer(patienceMs, () => {
      this.#context.logger.warn(
        `the engine ${uuid} is registered but not connected to the ${this.#name} port: messages ` +
          'for it wait here. Does a firewall on the way let only some of the ports through?',
      )
    })
  }
}
