import { type Timer, text, utf8 } from '../base/mod.ts'
import { Router, type SocketContext, type SocketOptions } from '../sockets/mod.ts'

/** Milliseconds that an engine may be registered without a connection before that is odd. */
const patienceMs = 5_000

interface Kept {
  readonly messages: (readonly Uint8Array[])[]
  readonly timer: Timer
}

/**
 * The controller's side of one channel to all engines. An engine may be registered before its
 * connection for this channel stands, or lose it for a while: what is sent to it then is kept
 * until it is there or has left.
 */
export class EngineLine {
  readonly #router: Router
  readonly #context: SocketContext
  readonly #name: string
  /** By the engine's uuid. */
  readonly #kept = new Map<string, Kept>()
  /** Frames from an engine: its identity first. */
  onMessage: (frames: Uint8Array[]) => void = () => {}

  constructor(context: SocketContext, name: string, options: SocketOptions) {
    this.#context = context
    this.#name = name
    this.#router = new Router(context, options)
    this.#router.onMessage = (frames) => this.onMessage(frames)
    this.#router.onEvent = (event) => {
      if (event.type === 'accepted') this.#flush(text(event.peerRoutingId))
    }
  }

  bind(endpoint: string): Promise<string> {
    return this.#router.bind(endpoint)
  }

  /** Sends to an engine that has not left. The frames begin with its identity. */
  send(uuid: string, frames: readonly Uint8Array[]): void {
    const kept = this.#kept.get(uuid)
    if (kept !== undefined) kept.messages.push(frames)
    else if (!this.#router.trySend(frames)) this.#keep(uuid, frames)
  }

  /** The engine has left: what was kept for it goes. */
  forget(uuid: string): void {
    this.#kept.get(uuid)?.timer.cancel()
    this.#kept.delete(uuid)
  }

  close(lingerMs: number): Promise<void> {
    for (const uuid of [...this.#kept.keys()]) this.forget(uuid)
    return this.#router.close({ lingerMs })
  }

  #flush(uuid: string): void {
    const kept = this.#kept.get(uuid)
    if (kept === undefined) return
    this.forget(uuid)
    for (const frames of kept.messages) this.send(uuid, frames)
  }

  #keep(uuid: string, frames: readonly Uint8Array[]): void {
    const timer = this.#context.clock.setTimer(patienceMs, () => {
      this.#context.logger.warn(
        `the engine ${uuid} is registered but not connected to the ${this.#name} port: messages ` +
          'for it wait here. Does a firewall on the way let only some of the ports through?',
      )
    })
    this.#kept.set(uuid, { messages: [frames], timer })
  }
}

/** The identity frame of an engine; uuids are short and asked for often. */
export class EngineIdentities {
  readonly #frames = new Map<string, Uint8Array>()

  get(uuid: string): Uint8Array {
    let frame = this.#frames.get(uuid)
    if (frame === undefined) {
      frame = utf8(uuid)
      this.#frames.set(uuid, frame)
    }
    return frame
  }

  forget(uuid: string): void {
    this.#frames.delete(uuid)
  }
}
