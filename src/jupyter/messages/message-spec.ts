import type { JsonObject } from '../json.ts'

/**
 * How one message type's content looks on the wire. `encode` gives what is sent, `decode` reads
 * what came and throws `ContentError` naming the field that is wrong.
 */
export interface MessageSpec<T> {
  readonly msgType: string
  encode(value: T): JsonObject
  decode(content: JsonObject): T
}

/** The spec of a message whose type says it all. */
export function emptySpec(msgType: string): MessageSpec<Record<never, never>> {
  return { msgType, encode: () => ({}), decode: () => ({}) }
}
