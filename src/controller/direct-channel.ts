import { messageOf, text } from '../base/mod.ts'
import type { Engine } from '../hub/mod.ts'
import type { Message, Session } from '../jupyter/mod.ts'
import type { ClientLine } from './client-line.ts'
import type { EngineLine } from './engine-line.ts'
import type { MessageGate } from './message-gate.ts'
import { failureContent, ownReply } from './replies.ts'

export interface DirectChannelOptions {
  readonly name: 'mux' | 'control'
  readonly session: Session
  readonly gate: MessageGate
  readonly clients: ClientLine
  readonly engines: EngineLine
  /** Whether an engine with this uuid is registered. */
  readonly isRegistered: (uuid: string) => boolean
  /** Whether a request, on its way to its engine, is a task: something that has a reply. */
  readonly onRequest: (request: Message, engine: string) => boolean
  /** The reply to a task is on its way to the client. */
  readonly onReply: (reply: Message) => void
}

/**
 * Passes requests that name their engine on to it, and the replies back, as they are.
 * Frames: protocol reference §4, rows "mux" and "control".
 */
export class DirectChannel {
  readonly #options: DirectChannelOptions

  constructor(options: DirectChannelOptions) {
    this.#options = options
    const { gate } = options
    options.clients.onMessage = gate.guard(options.name, (frames) => this.#receiveRequest(frames))
    options.engines.onMessage = gate.guard(options.name, (frames) => this.#receiveReply(frames))
  }

  engineLeft(engine: Engine): void {
    this.#options.engines.forget(engine.uuid)
  }

  #receiveRequest(frames: Uint8Array[]): void {
    const { name, gate, engines, isRegistered, onRequest } = this.#options
    const request = gate.admit(frames, name)
    const [route, target] = frames
    if (request === undefined || request.idents.length < 2) return
    const engine = text(target!)
    try {
      // What is recorded is asked for by others.
      request.check()
    } catch (error) {
      gate.refuse(route, name, error)
      this.#refuse(request, route!, 'ContentError', messageOf(error))
      return
    }
    if (!isRegistered(engine)) {
      // Python's controller says nothing here, and its clients wait for ever (trap T8).
      const evalue = `no engine with the uuid '${engine.slice(0, 80)}' is registered`
      this.#refuse(request, route!, 'EngineError', evalue)
      return
    }
    const isTask = onRequest(request, engine)
    frames[0] = target!
    frames[1] = route!
    engines.send(engine, frames, isTask ? request.header.msgId : undefined)
  }

  #refuse(request: Message, route: Uint8Array, ename: string, evalue: string): void {
    const { session, clients } = this.#options
    const content = failureContent(ename, evalue)
    clients.trySend(ownReply(session, request, [route], content, { status: 'error' }).frames)
  }

  #receiveReply(frames: Uint8Array[]): void {
    const { name, gate, clients, engines, onReply } = this.#options
    const reply = gate.admitUnread(frames, name)
    const [engine, route] = frames
    if (reply === undefined || reply.idents.length < 2) return
    const taskId = gate.read(reply, name, () => reply.parent?.msgId)
    if (taskId !== undefined) {
      engines.answered(text(engine!), taskId)
      onReply(reply)
    }
    frames[0] = route!
    frames[1] = engine!
    clients.trySend(frames)
  }
}
