import { text, utf8 } from '../base/mod.ts'
import { Router, type SocketContext, type SocketOptions } from '../sockets/mod.ts'

/**
 * The controller's side of one channel to all engines. An engine may be registered before its
 * connection for this channel stands, or lose it for a while: what is sent to it then is kept
 * until it is there or has left.
 */
export class EngineLine {
  readonly #router: Router
  /** By the engine's uuid. */
  readonly #kept = new Map<string, (readonly Uint8Array[])[]>()
  /** Frames from an engine: its identity first. */
  onMessage: (frames: Uint8Array[]) => void = () => {}

  constructor(context: SocketContext, options: SocketOptions) {
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
    if (kept !== undefined) kept.push(frames)
    else if (!this.#router.trySend(frames)) this.#kept.set(uuid, [frames])
  }

  /** The engine has left: what was kept for it goes. */
  forget(uuid: string): void {
    this.#kept.delete(uuid)
  }

  close(lingerMs: number): Promise<void> {
    return this.#router.close({ lingerMs })
  }

  #flush(uuid: string): void {
    const kept = this.#kept.get(uuid)
    if (kept === undefined) return
    this.#kept.delete(uuid)
    for (const frames of kept) this.send(uuid, frames)
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
