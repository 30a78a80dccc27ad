import { utf8 } from '../base/mod.ts'
import type { RecordedMessage } from '../hub/mod.ts'
import {
  type Header,
  headerText,
  type JsonObject,
  Message,
  parseObject,
  readHeader,
} from '../jupyter/mod.ts'

/** The parts of a message as bytes of JSON. */
export interface MessageParts {
  readonly header: Uint8Array
  readonly metadata: Uint8Array
  readonly content: Uint8Array
}

/** What is to be stored of a message; a received one is stored as it came. */
export function partsOf(message: RecordedMessage): MessageParts {
  if (message instanceof Message) return message.frames
  if (message instanceof StoredMessage) return message.parts
  return {
    header: utf8(headerText(message.header)),
    metadata: utf8(JSON.stringify(message.metadata)),
    content: utf8(JSON.stringify(message.content)),
  }
}

/** A message from the database. Its buffers stay there until they are asked for. */
export class StoredMessage implements RecordedMessage {
  readonly parts: MessageParts
  readonly #readBuffers: () => readonly Uint8Array[]
  #header: Header | undefined
  #metadata: JsonObject | undefined
  #content: JsonObject | undefined

  constructor(parts: MessageParts, readBuffers: () => readonly Uint8Array[]) {
    this.parts = parts
    this.#readBuffers = readBuffers
  }

  get header(): Header {
    this.#header ??= readHeader(parseObject(this.parts.header, 'header'))
    return this.#header
  }

  get metadata(): JsonObject {
    this.#metadata ??= parseObject(this.parts.metadata, 'metadata')
    return this.#metadata
  }

  get content(): JsonObject {
    this.#content ??= parseObject(this.parts.content, 'content')
    return this.#content
  }

  get buffers(): readonly Uint8Array[] {
    return this.#readBuffers()
  }
}
