import { readdirSync, readFileSync } from 'node:fs'
import { type Signer, utf8 } from '../base/mod.ts'
import { delimiter, isObject, type JsonObject, type JsonValue } from './mod.ts'

// What Python's peers and controllers were recorded to say, and everything that could be wrong with it.

const folder = new URL('../../test/fixtures/messages/', import.meta.url)

export interface Recorded {
  readonly side: 'client' | 'engine'
  readonly channel: string
  readonly dir: 'peer->controller' | 'controller->peer'
  readonly header: JsonObject
  readonly parent_header: JsonObject
  readonly metadata: JsonObject
  readonly content: JsonObject
  /** Lengths. */
  readonly buffers?: readonly number[]
}

/** Messages to one side that differ in what they are about, of one version of ipyparallel. */
export function recordedFor(side: Recorded['side'], version: string): Recorded[] {
  return recorded(side, version, 'controller->peer')
}

/** The same of what one side says. */
export function recordedOf(side: Recorded['side'], version: string): Recorded[] {
  return recorded(side, version, 'peer->controller')
}

function recorded(side: Recorded['side'], version: string, direction: Recorded['dir']): Recorded[] {
  const found = new Map<string, Recorded>()
  for (const file of readdirSync(new URL(`${version}/`, folder))) {
    const text = readFileSync(new URL(`${version}/${file}`, folder), 'utf8')
    for (const message of JSON.parse(text) as Recorded[]) {
      if (message.side !== side || message.dir !== direction) continue
      const { channel, header, metadata, content } = message
      const shape = [channel, header['msg_type'], keysOf(metadata), keysOf(content)]
      const key = JSON.stringify(shape)
      if (!found.has(key)) found.set(key, message)
    }
  }
  return [...found.values()]
}

export const versions: readonly string[] = readdirSync(folder).filter((name) => /^v\d+$/.test(name))

function keysOf(value: JsonValue): JsonValue {
  if (!isObject(value)) return typeof value
  return Object.entries(value).map(([key, inner]) => [key, keysOf(inner ?? null)])
}

function nested(depth: number): JsonValue {
  let value: JsonValue = []
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

const removed = Symbol('removed')

/** Nothing, other types, other values, and what is huge. */
const wrongValues: readonly (JsonValue | typeof removed)[] = [
  removed,
  null,
  true,
  -1,
  1e300,
  '',
  '__proto__',
  'x'.repeat(100_000),
  [],
  [null, [1]],
  Array(10_000).fill('y') as string[],
  {},
  { constructor: { prototype: 1 } },
  nested(1_000),
]

/** Frames that are no JSON object. */
const wrongFrames: readonly string[] = ['', '[]', '['.repeat(10_000)]

/** A message as it goes over the wire; a part that is text is a frame as it is. */
export interface Told {
  readonly header: JsonObject | string
  readonly parent: JsonObject | string
  readonly metadata: JsonObject | string
  readonly content: JsonObject | string
}

/** One thing that can be wrong in a message. */
export interface Mutation {
  readonly what: string
  /** The message with that in it; `header` and `parent` replace what is recorded of them. */
  make(header: JsonObject, parent: JsonObject): Told
}

/** Each part no JSON; each field of the message missing, of each wrong type, and huge. */
export function mutationsOf(message: Recorded): Mutation[] {
  return [...wrongPartsOf(message), ...wrongFieldsOf(message)]
}

function wrongPartsOf(message: Recorded): Mutation[] {
  const { metadata, content } = message
  return (['header', 'parent', 'metadata', 'content'] as const).flatMap((part) =>
    wrongFrames.map((frame) => ({
      what: `${message.header['msg_type']} ${part} = ${shown(frame)}`,
      make: (header, parent) => ({
        header: { ...message.header, ...header },
        parent: { ...message.parent_header, ...parent },
        metadata,
        content,
        [part]: frame,
      }),
    })),
  )
}

function wrongFieldsOf(message: Recorded): Mutation[] {
  const type = String(message.header['msg_type'])
  return (['header', 'parent_header', 'metadata', 'content'] as const).flatMap((part) =>
    placesIn(message[part]).flatMap((path) =>
      wrongValues.map((wrong) => ({
        what: `${type} ${part}.${path.join('.')} = ${shown(wrong)}`,
        make: (header, parent) => {
          const whole = {
            ...message,
            header: { ...message.header, ...header },
            parent_header: { ...message.parent_header, ...parent },
          }
          const mutated = { ...whole, [part]: withWrong(whole[part], path, wrong) }
          const { metadata, content } = mutated
          return { header: mutated.header, parent: mutated.parent_header, metadata, content }
        },
      })),
    ),
  )
}

/** The frames of a message, signed as they are. */
export function framesOf(
  signer: Signer,
  idents: readonly Uint8Array[],
  { header, parent, metadata, content }: Told,
  buffers: readonly Uint8Array[],
): Uint8Array[] {
  const parts = [header, parent, metadata, content].map((part) =>
    utf8(typeof part === 'string' ? part : JSON.stringify(part)),
  )
  return [...idents, delimiter, signer.sign(parts), ...parts, ...buffers]
}

function shown(value: JsonValue | typeof removed): string {
  if (typeof value === 'symbol') return 'nothing'
  return typeof value === 'string' ? `'${value.slice(0, 12)}'` : String(value).slice(0, 20)
}

/** Every place in a JSON value, by the keys that lead there. */
function placesIn(value: JsonValue | undefined, path: string[] = []): string[][] {
  if (!isObject(value) || path.length > 3) return []
  return Object.keys(value).flatMap((key) => [
    [...path, key],
    ...placesIn(value[key], [...path, key]),
  ])
}

function withWrong(value: JsonObject, path: string[], wrong: JsonValue | typeof removed) {
  const copy = structuredClone(value)
  let parent = copy
  for (const key of path.slice(0, -1)) parent = parent[key] as JsonObject
  const last = path.at(-1)!
  if (typeof wrong === 'symbol') delete parent[last]
  else parent[last] = wrong
  return copy
}
