import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { utf8 } from '../base/mod.ts'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  type Message,
  readHeader,
} from '../jupyter/mod.ts'
import {
  type PlayedClient,
  PlayedCluster,
  type PlayedEngine,
  zeroDivision,
} from './played-cluster.test.ts'

// Python's peers, as they were recorded, against our controller: it has to say what Python's said.

const folder = new URL('../../test/fixtures/messages/', import.meta.url)

interface Recorded {
  readonly side: 'client' | 'engine'
  readonly channel: string
  readonly dir: 'peer->controller' | 'controller->peer'
  readonly idents: (string | { hex: string })[]
  readonly header: JsonObject
  readonly parent_header: JsonObject
  readonly metadata: JsonObject
  readonly content: JsonObject
  readonly buffers?: number[]
}

const idOf = (message: Recorded): string => String(message.header['msg_id'])
const typeOf = (message: Recorded): string => String(message.header['msg_type'])

/** The uuids of all engines, with their ids; the one that answers first comes last. */
function enginesOf(messages: readonly Recorded[]): [uuid: string, id: number][] {
  const found = new Map<string, number>()
  for (const { side, dir, idents, header, metadata, content } of messages) {
    if (side === 'engine' && dir === 'peer->controller') {
      const uuid = metadata['engine'] ?? header['session']
      const id = /^engine\.(\d+)\./.exec(String(idents[0]))?.[1]
      if (typeof uuid === 'string' && id !== undefined) found.set(uuid, Number(id))
    }
    const { engines, uuid, id } = content
    if (isObject(engines)) for (const id in engines) found.set(String(engines[id]), Number(id))
    if (typeof uuid === 'string') found.set(uuid, Number(id))
    for (const target of Array.isArray(metadata['targets']) ? metadata['targets'] : []) {
      if (Array.isArray(target)) found.set(String(target[0]), Number(target[1]))
    }
  }
  const answers = messages.filter(
    ({ channel, dir }) => channel === 'task' && dir === 'peer->controller',
  )
  const order = answers.map(({ header }) => String(header['session']))
  const rank = (uuid: string) => (order.includes(uuid) ? -order.indexOf(uuid) : -1_000)
  if (found.size === 0) found.set('some engine', 0)
  return [...found].sort(([a], [b]) => rank(a) - rank(b))
}

/** Plays one recording. */
class Play {
  readonly #cluster: PlayedCluster
  readonly #client: PlayedClient
  readonly #engines = new Map<string, PlayedEngine>()
  /** What the controller has asked of engines. */
  readonly #requests: { engine: PlayedEngine; message: Message }[] = []

  private constructor(cluster: PlayedCluster, client: PlayedClient) {
    this.#cluster = cluster
    this.#client = client
  }

  static async begin(messages: readonly Recorded[]): Promise<Play> {
    const cluster = await PlayedCluster.start()
    const client = await cluster.client()
    const play = new Play(cluster, client)
    for (const [uuid, id] of enginesOf(messages)) {
      play.#engines.set(uuid, await cluster.engine(uuid, {}, id))
    }
    client.received.notification.length = 0
    return play
  }

  async run(messages: readonly Recorded[]): Promise<void> {
    await this.#runEarlierTasks(messages)
    for (const message of messages) {
      if (message.dir === 'peer->controller') {
        if (message.side === 'client') this.#clientSays(message)
        else this.#engineSays(message)
        await this.#cluster.clock.advance(1)
      } else {
        await this.#controllerSays(message)
      }
    }
    await this.#cluster.stop()
    assert.deepEqual(this.#cluster.errors, [])
  }

  /** Dependencies on tasks of other recordings: they ran well unless that makes it impossible. */
  async #runEarlierTasks(messages: readonly Recorded[]): Promise<void> {
    const fails = messages.some(({ content }) => content['ename'] === 'ImpossibleDependency')
    const own = new Set(messages.map(idOf))
    const wishes = messages.flatMap(({ metadata }) => [metadata['after'], metadata['follow']])
    for (const msgId of new Set(wishes.flatMap((wish) => dependenciesOf(wish)))) {
      if (own.has(msgId) || !/_/.test(msgId)) continue
      this.#client.send('task', 'apply_request', { msgId })
      await this.#cluster.clock.advance(1)
      const engine = [...this.#engines.values()].find(({ requests }) => requests.length > 0)
      engine?.answer(fails ? zeroDivision : { status: 'ok' })
      await this.#cluster.clock.advance(1)
    }
    this.#client.received.task.length = 0
  }

  #frames(message: Recorded, idents: readonly Uint8Array[]): Uint8Array[] {
    const { session } = this.#client
    return session.pack(readHeader(message.header), {
      idents,
      parent: utf8(JSON.stringify(message.parent_header)),
      metadata: message.metadata,
      content: message.content,
      buffers: (message.buffers ?? []).map((length) => new Uint8Array(length)),
    })
  }

  #clientSays(message: Recorded): void {
    const idents = message.idents.map((ident) => utf8(String(ident)))
    this.#client.sendFrames(message.channel as 'mux', this.#frames(message, idents))
  }

  #engineSays(message: Recorded): void {
    const { channel } = message
    if (channel === 'registration') {
      const engine = [...this.#engines.values()].find(({ uuid }) => {
        const { engines } = this.#cluster.controller
        return engines.some(({ id }) => id === message.content['id'] && uuid !== '')
      })
      engine?.sendFrames('registration', this.#frames(message, []))
      return
    }
    if (channel === 'iopub') {
      const engine = this.#engines.get(String(message.header['session']))
      assert.ok(engine, `an engine publishes ${typeOf(message)}`)
      const idents = message.idents.map((ident) => utf8(String(ident)))
      engine.sendFrames('iopub', this.#frames(message, idents))
      return
    }
    // A nanny answers under a session of its own, but on its engine's line.
    const parent = message.parent_header['msg_id']
    const asked = this.#requests.findLast(
      ({ engine, message: { header } }) =>
        header.msgId === parent &&
        (channel === 'control' || engine.uuid === message.header['session']),
    )
    assert.ok(asked, `${typeOf(message)} answers a request that the controller has sent`)
    const line = channel === 'control' ? 'control' : 'shell'
    asked.engine.sendFrames(line, this.#frames(message, asked.message.idents))
  }

  async #controllerSays(expected: Recorded): Promise<void> {
    const what = `${expected.side} ${expected.channel} ${typeOf(expected)} ${idOf(expected)}`
    let said = this.#next(expected)
    for (let waits = 0; said === undefined && waits < 600; waits++) {
      await this.#cluster.clock.advance(100)
      said = this.#next(expected)
    }
    assert.ok(said, `the controller never says: ${what}`)
    assert.equal(said.header.msgType, typeOf(expected), what)
    assert.equal(said.buffers.length, expected.buffers?.length ?? 0, what)
    assert.deepEqual(comparable(said.content), comparable(expected.content), what)
    assertIncludes(said.metadata, expected.metadata, what)
    const parent = expected.parent_header['msg_id']
    assert.equal(said.parent?.msgId, parent, what)
  }

  /** Takes the next message of that channel, of whichever engine has one with that id. */
  #next(expected: Recorded): Message | undefined {
    if (expected.side === 'client') return this.#client.received[expected.channel as 'mux'].shift()
    for (const engine of this.#engines.values()) {
      const queue = expected.channel === 'control' ? engine.controlRequests : engine.requests
      const at = queue.findIndex(({ header }) => header.msgId === idOf(expected))
      const [message] = at === -1 ? [] : queue.splice(at, 1)
      if (message === undefined) continue
      this.#requests.push({ engine, message })
      return message
    }
    return undefined
  }
}

function dependenciesOf(wish: JsonValue | undefined): string[] {
  const ids = isObject(wish) ? wish['dependencies'] : wish
  return Array.isArray(ids) ? ids.map(String) : []
}

/** Texts for people may differ, and so may what is known of engines beyond their uuids. */
function comparable(content: JsonObject): JsonObject {
  const { traceback, evalue, engine_facts, cause, facts, __long__, ...rest } = content
  return __long__ === true ? { status: 'error' } : rest
}

/** Whatever Python's says, ours says too; it may say more. */
function assertIncludes(said: JsonObject, expected: JsonObject, what: string): void {
  for (const [key, value] of Object.entries(expected)) {
    if (key === 'date') assert.equal(typeof said[key], 'string', what)
    else assert.deepEqual(said[key], value, `${what}, metadata ${key}`)
  }
}

for (const version of readdirSync(folder).filter((name) => /^v\d+$/.test(name))) {
  for (const file of readdirSync(new URL(`${version}/`, folder))) {
    const name = `${version}/${file.replace('.json', '')}`
    test(`recorded from Python: ${name}`, async () => {
      const messages = JSON.parse(readFileSync(new URL(`${version}/${file}`, folder), 'utf8'))
      const play = await Play.begin(messages)
      await play.run(messages)
    })
  }
}
