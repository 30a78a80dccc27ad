import { messageOf, text, utf8 } from '../base/mod.ts'
import type { Engine } from '../hub/mod.ts'
import {
  ContentError,
  field,
  headerObject,
  headerText,
  type JsonObject,
  type JsonValue,
  type Message,
  type Session,
} from '../jupyter/mod.ts'
import { type BroadcastTarget, Coalescing, type GatheredBroadcast } from '../scheduling/mod.ts'
import type { Router } from '../sockets/mod.ts'
import type { EngineIdentities } from './engine-identities.ts'
import type { EngineLine } from './engine-line.ts'
import type { MessageGate } from './message-gate.ts'
import { failureContent, replyType } from './replies.ts'

interface BroadcastRequest {
  readonly message: Message
  readonly route: Uint8Array
}

type EngineReply = Pick<Message, 'content' | 'metadata' | 'buffers'>

export interface BroadcastChannelOptions {
  readonly session: Session
  readonly gate: MessageGate
  readonly identities: EngineIdentities
  readonly clients: Router
  readonly engines: EngineLine
  readonly isRegistered: (uuid: string) => boolean
}

/**
 * Multiplies one request for many engines, and brings the replies back one by one or as one.
 * There is a single level instead of Python's tree, which peers cannot tell apart.
 * Source: protocol reference §12.
 */
export class BroadcastChannel {
  readonly #options: BroadcastChannelOptions
  readonly #coalescing = new Coalescing<BroadcastRequest, EngineReply>()

  constructor(options: BroadcastChannelOptions) {
    this.#options = options
    const { gate } = options
    options.clients.onMessage = gate.guard('broadcast', (frames) => this.#receiveRequest(frames))
    options.engines.onMessage = gate.guard('broadcast', (frames) => this.#receiveReply(frames))
  }

  engineLeft({ uuid }: Engine): void {
    this.#options.engines.forget(uuid)
    for (const gathered of this.#coalescing.engineLeft(uuid)) this.#deliver(gathered)
  }

  #receiveRequest(frames: Uint8Array[]): void {
    const { gate, isRegistered } = this.#options
    const message = gate.admit(frames, 'broadcast')
    const route = frames[0]!
    if (message === undefined) return
    const { msgId, msgType } = message.header
    let targets: BroadcastTarget[]
    try {
      targets = readTargets(message.metadata['targets'])
    } catch (error) {
      gate.refuse(route, 'broadcast', error)
      this.#fail(message, route, msgId, failureContent('ContentError', messageOf(error)), {})
      return
    }
    const isCoalescing = message.metadata['is_coalescing'] === true && msgType === 'apply_request'
    if (isCoalescing) this.#coalescing.begin(msgId, { message, route }, targets)
    for (const target of targets) {
      if (isRegistered(target.uuid)) this.#send(message, route, target, isCoalescing)
      else if (!isCoalescing) this.#failOne(message, route, target)
    }
    if (!isCoalescing) return
    for (const { uuid } of targets) {
      if (isRegistered(uuid)) continue
      for (const gathered of this.#coalescing.engineLeft(uuid)) this.#deliver(gathered)
    }
  }

  #send(message: Message, route: Uint8Array, target: BroadcastTarget, isCoalescing: boolean): void {
    const { session, identities, engines } = this.#options
    const { header, metadata } = message
    const { uuid, id } = target
    const partId = `${header.msgId}_${uuid}`
    engines.send(
      uuid,
      session.repack(message, {
        idents: [identities.get(uuid), route],
        header: headerObject({ ...header, msgId: partId }),
        metadata: {
          ...metadata,
          targets: [[uuid, id]],
          is_broadcast: true,
          is_coalescing: isCoalescing,
          original_msg_id: header.msgId,
        },
      }),
      partId,
    )
  }

  #failOne(message: Message, route: Uint8Array, { uuid, id }: BroadcastTarget): void {
    const content = failureContent('EngineError', `engine ${id} ('${uuid}') is not registered`)
    const { msgId } = message.header
    const parentId = `${msgId}_${uuid}`
    this.#fail(message, route, parentId, content, {
      status: 'error',
      is_broadcast: true,
      is_coalescing: false,
      original_msg_id: msgId,
    })
  }

  /** Answers as if `parentId` had been asked: the client knows the parts by such ids. */
  #fail(
    message: Message,
    route: Uint8Array,
    parentId: string,
    content: JsonObject,
    metadata: JsonObject,
  ): void {
    const { session, clients } = this.#options
    const parent = withId(message, parentId)
    const type = replyType(message.header.msgType)
    clients.trySend(session.pack(type, { idents: [route], parent, content, metadata }))
  }

  #receiveReply(frames: Uint8Array[]): void {
    const { gate, clients, engines } = this.#options
    const message = gate.admitUnread(frames, 'broadcast')
    if (message === undefined || message.idents.length < 2) return
    const metadata = gate.read(message, 'broadcast', () => message.metadata)
    const partId = gate.read(message, 'broadcast', () => message.parent?.msgId)
    if (metadata === undefined || partId === undefined) return
    const engine = text(frames[0]!)
    engines.answered(engine, partId)
    if (metadata['is_coalescing'] !== true) {
      clients.trySend(frames.slice(1))
      return
    }
    const original = metadata['original_msg_id']
    if (typeof original !== 'string') return
    const content =
      gate.read(message, 'broadcast', () => message.content) ??
      failureContent('ContentError', `the reply of the engine '${engine}' cannot be read`)
    const reply = { content, metadata, buffers: message.buffers }
    const gathered = this.#coalescing.reply(original, engine, reply)
    if (gathered !== undefined) this.#deliver(gathered)
  }

  /**
   * One reply for all, with everybody's buffers in the order of the targets. If some failed: the
   * first failure, and in the metadata who they were; the others' buffers are there none the less.
   */
  #deliver({ order, parts }: GatheredBroadcast<BroadcastRequest, EngineReply>): void {
    const { session, clients } = this.#options
    const { message, route } = order
    const good = parts.filter(({ reply }) => reply?.content['status'] === 'ok')
    const bad = parts.filter((part) => !good.includes(part))
    const content = bad[0] === undefined ? { status: 'ok' } : failureOf(bad[0].reply, bad[0].target)
    const pair = ({ target }: { target: BroadcastTarget }): JsonValue => [target.uuid, target.id]
    const shown = bad[0] ?? parts.at(-1)!
    clients.trySend(
      session.pack(replyType(message.header.msgType), {
        idents: [route],
        parent: parentOf(message, shown.target.uuid),
        content,
        metadata: {
          ...shown.reply?.metadata,
          status: String(content['status']),
          is_broadcast: true,
          is_coalescing: true,
          original_msg_id: message.header.msgId,
          broadcast_targets: parts.map(pair),
          ...(bad.length === 0 ? {} : { broadcast_failures: bad.map(pair) }),
        },
        buffers: good.flatMap(({ reply }) => reply!.buffers),
      }),
    )
  }
}

function failureOf(reply: EngineReply | undefined, { id }: BroadcastTarget): JsonObject {
  if (reply !== undefined) return reply.content
  return failureContent('EngineError', `Engine ${id} died or was not there to run the broadcast`)
}

/** The request's header as the copy for one engine has it. */
function parentOf(request: Message, uuid: string): Uint8Array {
  return withId(request, `${request.header.msgId}_${uuid}`)
}

function withId(request: Message, msgId: string): Uint8Array {
  return utf8(headerText({ ...request.header, msgId }))
}

/** `[[uuid, id], …]`, each engine once. @throws {ContentError} */
function readTargets(value: JsonValue | undefined): BroadcastTarget[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ContentError("'targets' names no engines")
  }
  const targets = new Map<string, BroadcastTarget>()
  for (const pair of value) {
    const [uuid, id] = Array.isArray(pair) ? pair : []
    const target = { uuid: field.string(uuid, 'targets'), id: field.integer(id, 'targets') }
    targets.set(target.uuid, target)
  }
  return [...targets.values()]
}
