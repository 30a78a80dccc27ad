import { text } from '../base/mod.ts'
import { type Header, readHeader } from './header.ts'
import { ContentError, isObject, type JsonObject } from './json.ts'

/** The four signed frames of a message, exactly as they stand on the wire. */
export interface SignedFrames {
  readonly header: Uint8Array
  readonly parentHeader: Uint8Array
  readonly metadata: Uint8Array
  readonly content: Uint8Array
}

const pickleHint =
  " but a pickle: its sender packs messages with 'pickle', and must pack them with 'json' " +
  '(Session.packer and Session.unpacker, or pack and unpack in its connection file)'

/** Whether a frame begins as Python's pickles do: the opcode PROTO, and a protocol. */
function isPickle(frame: Uint8Array): boolean {
  return frame[0] === 0x80 && frame[1]! >= 2 && frame[1]! <= 5
}

/** Parses one JSON frame. @throws {ContentError} */
export function parseObject(frame: Uint8Array, name: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text(frame))
  } catch (cause) {
    const hint = isPickle(frame) ? pickleHint : ''
    throw new ContentError(`the ${name} is not JSON${hint}`, { cause })
  }
  if (!isObject(value)) throw new ContentError(`the ${name} is not a JSON object`)
  return value
}

/**
 * A message whose signature has been checked. The frames are kept, so relaying costs nothing and
 * a reply can carry the request's header bytes; each part is parsed on first use.
 */
export class Message {
  /** Routing frames before the delimiter. */
  readonly idents: readonly Uint8Array[]
  readonly frames: SignedFrames
  /** Raw data after the content; not covered by the signature. */
  readonly buffers: readonly Uint8Array[]
  #header: Header | undefined
  #parent: Header | null | undefined
  #metadata: JsonObject | undefined
  #content: JsonObject | undefined

  constructor(idents: readonly Uint8Array[], frames: SignedFrames, buffers: readonly Uint8Array[]) {
    this.idents = idents
    this.frames = frames
    this.buffers = buffers
  }

  /** @throws {ContentError} when it is none, as the other parts do. */
  get header(): Header {
    this.checkHeader()
    return this.#header!
  }

  /** Reads the header now. @throws {ContentError} when it is none. */
  checkHeader(): void {
    this.#header ??= readHeader(parseObject(this.frames.header, 'header'))
  }

  /** Reads all parts now, and gives the message. @throws {ContentError} when one is none. */
  check(): this {
    void [this.header, this.parent, this.metadata, this.content]
    return this
  }

  /** The header of the message that this one answers; undefined for `{}`. */
  get parent(): Header | undefined {
    if (this.#parent === undefined) {
      const raw = parseObject(this.frames.parentHeader, 'parent header')
      this.#parent = raw['msg_id'] === undefined ? null : readHeader(raw)
    }
    return this.#parent ?? undefined
  }

  get metadata(): JsonObject {
    this.#metadata ??= parseObject(this.frames.metadata, 'metadata')
    return this.#metadata
  }

  get content(): JsonObject {
    this.#content ??= parseObject(this.frames.content, 'content')
    return this.#content
  }
}
