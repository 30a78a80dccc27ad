import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { utf8 } from '../base/mod.ts'
import { type JsonObject, newId } from '../jupyter/mod.ts'
import {
  framesOf,
  mutationsOf,
  type Recorded,
  recordedFor,
  type Told,
  versions,
} from '../jupyter/recorded-messages.test.ts'
import { readPythonValue, unpackPythonCall, writePythonValue } from '../pickle/mod.ts'
import { simSigner } from '../testing/mod.ts'
import { type Engine, type Evaluator, noReflection } from './mod.ts'
import { World } from './played-controller.test.ts'

// What clients and controllers of Python's were recorded to ask of engines, right and wrong.

const signer = simSigner('hmac-sha256', 'k')

/** Takes calls as Python's clients pack them, apart from running them. */
const evaluator: Evaluator = {
  ...noReflection,
  async execute({ code }) {
    assert.equal(typeof code, 'string')
    return { status: 'ok', executionCount: 1, userExpressions: {} }
  },
  async apply({ buffers }) {
    try {
      unpackPythonCall(buffers)
      return { status: 'ok', buffers: writePythonValue(7) }
    } catch (error) {
      const { name, message } = error as Error
      return { status: 'error', ename: name, evalue: message, traceback: [] }
    }
  },
  async clear() {},
  interrupt() {},
}

/** The frames of a call as a client of that version packs it. */
function callOf(version: string): Uint8Array[] {
  const url = new URL(
    `../../test/fixtures/pickles/calls-${version === 'v71' ? 7 : 9}.json`,
    import.meta.url,
  )
  const calls = JSON.parse(readFileSync(url, 'utf8')) as Record<string, string[]>
  return calls['pull']!.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
}

class Play {
  readonly world = new World()
  readonly engine: Engine
  readonly #version: string

  static async begin(version: string): Promise<Play> {
    const world = new World()
    world.foreign = evaluator
    return new Play(version, world, await world.engine())
  }

  private constructor(version: string, world: World, engine: Engine) {
    this.#version = version
    this.world = world
    this.engine = engine
  }

  newId(): string {
    return newId(this.world.random)
  }

  send({ channel }: Recorded, message: Told, buffers: Uint8Array[]): void {
    const idents = [utf8(this.engine.uuid), utf8('client-1')]
    const frames = framesOf(signer, idents, message, buffers)
    const socket = channel === 'control' ? this.world.control : this.world.mux
    socket.trySend(frames)
  }

  buffersFor({ header }: Recorded): Uint8Array[] {
    return header['msg_type'] === 'apply_request' ? callOf(this.#version) : []
  }

  /** The engine answers what is asked of it now as it did before. */
  async assertWell(what: string): Promise<void> {
    const before = this.world.replies.length
    const id = this.world.run(this.engine, 'x')
    await this.world.clock.advance(100)
    const reply = this.world.replies.slice(before).find(({ parent }) => parent?.msgId === id)
    assert.equal(reply?.content['status'], 'ok', what)
  }
}

/** A signal other than an interrupt is for the process, and a shutdown for good. */
const ends = (message: Recorded): boolean => message.header['msg_type'] === 'shutdown_request'

for (const version of versions) {
  const requests = recordedFor('engine', version).filter((message) => !ends(message))

  test(`${version}: an engine answers every request as it was recorded`, async () => {
    const play = await Play.begin(version)
    for (const request of requests) {
      const id = play.newId()
      const header = { ...request.header, msg_id: id }
      const { parent_header: parent, metadata, content } = request
      play.send(request, { header, parent, metadata, content }, play.buffersFor(request))
      await play.world.clock.advance(100)
      const reply = play.world.replies.find((each) => each.parent?.msgId === id)
      const type = String(request.header['msg_type'])
      assert.equal(reply?.header.msgType, type.replace('_request', '_reply'))
      assert.equal(reply.content['status'], 'ok', `${type}: ${JSON.stringify(reply.content)}`)
      if (type === 'apply_request') assert.equal(readPythonValue(reply.buffers).value, 7)
    }
    await play.assertWell(version)
  })

  for (const request of requests) {
    const { channel, header, metadata } = request
    const shape = `${channel} ${header['msg_type']} ${Object.keys(metadata).length}`
    test(`${version}: anything wrong in a ${shape} is answered, and does no harm`, async () => {
      const play = await Play.begin(version)
      for (const { what, make } of mutationsOf(request)) {
        const { replies, warnings } = play.world
        const [answers, warned] = [replies.length, warnings.length]
        const told = make({ msg_id: play.newId() }, {})
        play.send(request, told, play.buffersFor(request))
        await play.world.clock.advance(20)
        // What has no header cannot be answered, and is told of once for each reason.
        const isSaid = warnings.length > (typeof told.header === 'string' ? 0 : warned)
        assert.ok(replies.length > answers || isSaid, what)
        await play.assertWell(what)
      }
    })
  }

  test(`${version}: a call with frames missing, empty, huge or doubled fails by itself`, async () => {
    const play = await Play.begin(version)
    const request = requests.find(({ header }) => header['msg_type'] === 'apply_request')!
    const call = callOf(version)
    const wrong = [
      [],
      ...call.map((_, i) => call.filter((_, j) => j !== i)),
      ...call.map((_, i) => call.map((frame, j) => (i === j ? new Uint8Array(0) : frame))),
      ...call.map((_, i) => call.map((frame, j) => (i === j ? new Uint8Array(1 << 21) : frame))),
      ...call.map((_, i) => call.map((frame, j) => (i === j ? frame.subarray(1) : frame))),
      [...call].reverse(),
    ]
    for (const [i, buffers] of wrong.entries()) {
      const id = play.newId()
      const header: JsonObject = { ...request.header, msg_id: id }
      const { metadata, content } = request
      play.send(request, { header, parent: {}, metadata, content }, buffers)
      await play.world.clock.advance(20)
      const reply = play.world.replies.find(({ parent }) => parent?.msgId === id)
      assert.equal(reply?.content['status'], 'error', `wrong buffers ${i}`)
    }
    await play.assertWell(version)
  })
}
