import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utf8 } from '../base/mod.ts'
import { headerObject, type JsonObject, type Message, newId } from '../jupyter/mod.ts'
import {
  framesOf,
  type Mutation,
  mutationsOf,
  type Recorded,
  recordedOf,
  type Told,
  versions,
} from '../jupyter/recorded-messages.test.ts'
import { makeSigner } from '../node/mod.ts'
import { type PlayedClient, PlayedCluster, type PlayedEngine } from './played-cluster.test.ts'

// What Python's peers were recorded to tell controllers, with everything that could be wrong in it. As it
// is right, `transcripts.test.ts` plays it.

const signer = makeSigner('hmac-sha256', 'secret')

/** Mutations that one controller is told. */
const batch = 25

const typeOf = ({ header }: Recorded): string => String(header['msg_type'])

/** What ends a controller, or is of no concern to it. */
const excluded = new Set(['shutdown_request', '_request'])

class Play {
  readonly cluster: PlayedCluster
  readonly client: PlayedClient
  readonly other: PlayedClient
  readonly engines: readonly PlayedEngine[]

  static async begin(): Promise<Play> {
    const cluster = await PlayedCluster.start()
    const engines: PlayedEngine[] = []
    for (const uuid of ['a', 'b', 'c']) engines.push(await cluster.engine(uuid))
    return new Play(cluster, await cluster.client(), await cluster.client(), engines)
  }

  private constructor(
    cluster: PlayedCluster,
    client: PlayedClient,
    other: PlayedClient,
    engines: readonly PlayedEngine[],
  ) {
    this.cluster = cluster
    this.client = client
    this.other = other
    this.engines = engines
  }

  newHeader(): JsonObject {
    return { msg_id: newId(this.cluster.random) }
  }

  /** A client says it; whatever comes of it at the engines is answered. */
  async clientSays({ channel }: Recorded, message: Told): Promise<void> {
    const idents = channel === 'mux' || channel === 'control' ? [utf8('a')] : []
    this.client.sendFrames(channel as 'mux', framesOf(signer, idents, message, []))
    await this.cluster.clock.advance(2)
    this.#answerAll()
    await this.cluster.clock.advance(2)
  }

  /** The engine that a client has asked for something says it, and then what is right. */
  async engineSays(recorded: Recorded, mutation: Mutation): Promise<void> {
    const { channel } = recorded
    const engine = this.engines[0]!
    const isReply = channel !== 'registration' && channel !== 'iopub'
    const id = this.client.send('mux', 'apply_request', { to: engine.uuid })
    await this.cluster.clock.advance(2)
    const request = engine.requests.shift()
    const parent = request === undefined ? {} : headerObject(request.header)
    const message = mutation.make(this.newHeader(), parent)
    const idents = isReply ? (request?.idents ?? []) : channel === 'iopub' ? [utf8('a')] : []
    const line = isReply ? 'shell' : (channel as 'iopub')
    engine.sendFrames(line, framesOf(signer, idents, message, []))
    await this.cluster.clock.advance(2)
    if (request !== undefined) engine.answerTo(request, { status: 'ok' })
    await this.cluster.clock.advance(100)
    const said = this.client.received.mux.filter((message) => answers(message, id))
    // Twice where the wrong one was right enough: an engine that answers twice is passed on twice.
    assert.ok(said.length >= 1, mutation.what)
  }

  /** Another client gets its tasks done, and its questions answered. */
  async assertWell(what: string): Promise<void> {
    const { clock, errors } = this.cluster
    const id = this.other.send('task', 'apply_request')
    await clock.advance(2)
    this.#answerAll()
    await clock.advance(2)
    assert.equal(this.other.reply('task', id)?.content['status'], 'ok', what)
    const status = await this.other.ask('registration', 'connection_request')
    assert.equal(status?.content['status'], 'ok', what)
    assert.deepEqual(errors, [], what)
  }

  #answerAll(): void {
    for (const engine of this.engines) while (engine.requests.length > 0) engine.answer()
  }
}

/** What is passed on may be wrong still, for the client to refuse. */
function answers(message: Message, id: string): boolean {
  try {
    return message.parent?.msgId === id
  } catch {
    return false
  }
}

/** Every second for each version, so that each field is wrong in every way for one of them. */
function mutationsFor(version: string, recorded: Recorded): Mutation[] {
  const first = versions.indexOf(version) % 2
  return mutationsOf(recorded).filter((_, i) => i % 2 === first)
}

async function inBatches(
  mutations: readonly Mutation[],
  work: (play: Play, mutation: Mutation) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < mutations.length; at += batch) {
    const play = await Play.begin()
    for (const mutation of mutations.slice(at, at + batch)) {
      await work(play, mutation)
      await play.assertWell(mutation.what)
    }
    await play.cluster.stop()
  }
}

for (const version of versions) {
  const fromClients = recordedOf('client', version).filter((one) => !excluded.has(typeOf(one)))
  for (const [i, recorded] of fromClients.entries()) {
    const title = `${version}: ${recorded.channel} ${typeOf(recorded)} ${i}`
    test(`${title}: wrong from a client, it concerns nobody else`, () =>
      inBatches(mutationsFor(version, recorded), (play, { make }) =>
        play.clientSays(recorded, make(play.newHeader(), {})),
      ))
  }

  const fromEngines = recordedOf('engine', version).filter(
    (one) => !excluded.has(typeOf(one)) && one.channel !== 'control',
  )
  for (const [i, recorded] of fromEngines.entries()) {
    const title = `${version}: ${recorded.channel} ${typeOf(recorded)} ${i}`
    test(`${title}: wrong from an engine, its task is answered, and all others are`, () =>
      inBatches(mutationsFor(version, recorded), (play, mutation) =>
        play.engineSays(recorded, mutation),
      ))
  }
}
