import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Client } from 'iparallel'
import { type JsonObject, type JsonValue, Session } from 'iparallel/jupyter'
import { SimWorld, simTask } from 'iparallel/testing'

// One message of an operation says something that it should not: correctly signed, so that it is
// the content that has to be dealt with. Whoever is not concerned must not notice.

function nested(depth: number): JsonValue {
  let value: JsonValue = []
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

const removed = Symbol('removed')
const wrongValues: readonly (JsonValue | typeof removed)[] = [
  removed,
  null,
  true,
  -1,
  1e300,
  0.5,
  '',
  '__proto__',
  'x'.repeat(200_000),
  [],
  [null],
  ['x', 'x'],
  {},
  { __proto__x: 1, constructor: 1 },
  nested(2_000),
]

/** Every place in a JSON value, by the keys that lead there. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || path.length > 3) return []
  return Object.keys(value).flatMap((key) => [
    [...path, key],
    ...placesIn((value as JsonObject)[key], [...path, key]),
  ])
}

/** A copy with something else in one place. */
function withWrong(value: JsonObject, path: string[], wrong: JsonValue | typeof removed) {
  const copy = structuredClone(value)
  let parent = copy
  for (const key of path.slice(0, -1)) parent = parent[key] as JsonObject
  const last = path.at(-1)!
  if (wrong === removed) delete parent[last]
  else parent[last] = wrong
  return copy
}

interface Mutation {
  /** Which of the messages that are made while the operation runs. */
  readonly message: number
  readonly part: 'header' | 'metadata' | 'content'
  readonly place: number
  readonly wrong: number
}

type Pack = typeof Session.prototype.pack
const pack: Pack = Session.prototype.pack

/** Mutates one message of all that anybody packs, until `restore`. */
function arm({ message, part, place, wrong }: Mutation): { done: string | undefined } {
  const state: { done: string | undefined } = { done: undefined }
  let count = 0
  Session.prototype.pack = function (header, parts = {}) {
    if (count++ !== message) return pack.call(this, header, parts)
    const own = typeof header === 'string' ? this.newHeader(header) : header
    const value = wrongValues[wrong % wrongValues.length]!
    if (part === 'header') {
      const keys = ['msgId', 'msgType', 'username', 'session', 'version'] as const
      const key = keys[place % keys.length]!
      state.done = `${own.msgType} header.${key} = ${String(value).slice(0, 20)}`
      return pack.call(this, { ...own, [key]: value === removed ? undefined : value }, parts)
    }
    const places = placesIn(parts[part])
    if (places.length === 0) return pack.call(this, own, parts)
    const path = places[place % places.length]!
    state.done = `${own.msgType} ${part}.${path.join('.')} = ${String(value).slice(0, 20)}`
    return pack.call(this, own, { ...parts, [part]: withWrong(parts[part]!, path, value) })
  }
  return state
}

function disarm(): void {
  Session.prototype.pack = pack
}

const operations: Readonly<Record<string, (client: Client, world: SimWorld) => unknown>> = {
  apply: (_, world) => world.submit(3),
  direct: (client) => client.directView().apply(simTask, 0),
  execute: (client) => client.directView().execute('1'),
  broadcast: (client) => client.broadcastView().apply(simTask, 0),
  map: (client) => client.loadBalancedView().map(simTask, [0, 0, 0], { chunkSize: 2 }),
  'queue status': (client) => client.queueStatus({ verbose: true }),
  history: (client) => client.hubHistory(),
  query: (client) => client.dbQuery({ completed: { $ne: null } }),
  purge: (client) => client.purgeResults('all'),
  abort: (client) => client.abort(),
  signal: (client) => client.sendSignal('SIGUSR1'),
  clear: (client) => client.clear(),
  'engine joins': (_, world) => void world.addEngines(1).catch(() => {}),
}

for (const [name, operation] of Object.entries(operations)) {
  test(`${name}: a message with anything wrong in it concerns nobody else`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          message: fc.nat(9),
          part: fc.constantFrom('header', 'metadata', 'content'),
          place: fc.nat(40),
          wrong: fc.nat(wrongValues.length - 1),
        }),
        async (mutation) => {
          const world = new SimWorld({ seed: 3, taskMsMax: 5 })
          await world.addController()
          await world.addEngines(3)
          const other = await world.addClient()
          const client = await world.addClient()
          world.submit(2)
          await world.finish({ withinMs: 10_000 })
          const mutated = arm(mutation)
          try {
            const result = operation(client, world)
            void Promise.resolve(result).catch(() => {})
            await world.run({ forMs: 3_000 })
          } finally {
            disarm()
          }
          const before = world.tasks.length
          world.submit(4, other.loadBalancedView(undefined, { retries: 1 }))
          await world.run({ forMs: 30_000 })
          assert.deepEqual(
            world.tasks.slice(before).map(({ outcome }) => outcome),
            ['ok', 'ok', 'ok', 'ok'],
            mutated.done,
          )
          const late = await world.addClient()
          assert.ok(late.ids.length >= 2, mutated.done)
        },
      ),
      { numRuns: 40, includeErrorInReport: true },
    )
  })
}
