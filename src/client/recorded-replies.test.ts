import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IparallelError, utf8 } from '../base/mod.ts'
import { headerObject, isObject, type JsonObject, type Message, newId } from '../jupyter/mod.ts'
import {
  framesOf,
  type Mutation,
  mutationsOf,
  type Recorded,
  recordedFor,
  type Told,
  versions,
} from '../jupyter/recorded-messages.test.ts'
import { makeSigner } from '../node/mod.ts'
import { writePythonValue } from '../pickle/mod.ts'
import type { Client } from './mod.ts'
import { type Line, PlayedController } from './played-controller.test.ts'

// What controllers and engines of Python's were recorded to tell clients, right and wrong.

const signer = makeSigner('hmac-sha256', 'k')

type Operation = (rc: Client) => PromiseLike<unknown>

/** What a client asks, to be told the recorded message. */
const operations: Readonly<Record<string, Operation>> = {
  'mux apply_reply': (rc) => rc.directView(0).call('f', 1),
  'mux execute_reply': (rc) => rc.directView(0).execute('1'),
  'task apply_reply': (rc) => rc.loadBalancedView().call('f', 1),
  'broadcast apply_reply': (rc) => rc.broadcastView().call('f', 1),
  'broadcast execute_reply': (rc) => rc.broadcastView().execute('1'),
  'control abort_reply': (rc) => rc.abort(['x']),
  'control clear_reply': (rc) => rc.clear(),
  'control _request': (rc) => rc.sendSignal('SIGUSR1'),
  'registration db_reply': (rc) => rc.dbQuery({ completed: null }),
  'registration result_reply': (rc) => rc.resultStatus('x'),
  'registration resubmit_reply': (rc) => rc.resubmit(['x']),
  'registration hub_error': (rc) => rc.hubHistory(),
}

const nameOf = ({ channel, header }: Recorded): string => `${channel} ${header['msg_type']}`
const lineOf = ({ channel }: Recorded): Line => channel as Line

/** Results of Python's; everything else has none. */
function buffersFor({ header, content }: Recorded): Uint8Array[] {
  const isResult = header['msg_type'] === 'apply_reply' && content['status'] === 'ok'
  return isResult ? writePythonValue(7) : []
}

class Play {
  readonly controller: PlayedController
  readonly rc: Client

  static async begin(): Promise<Play> {
    const controller = await PlayedController.start()
    return new Play(controller, await controller.connect())
  }

  private constructor(controller: PlayedController, rc: Client) {
    this.controller = controller
    this.rc = rc
  }

  newId(): string {
    return newId(this.controller.random)
  }

  tell(line: Line, request: Message, message: Told, buffers: Uint8Array[]): void {
    this.controller.send(line, framesOf(signer, [request.idents[0]!], message, buffers))
  }

  /** The parent of the answer to a question; a broadcast's answers name the engine as well. */
  parentOf(line: Line, { header }: Message): JsonObject {
    const isBroadcast = line === 'broadcast'
    const suffix = isBroadcast ? `_${this.controller.engines[0]!.uuid}` : ''
    return { ...headerObject(header), msg_id: `${header.msgId}${suffix}` }
  }

  /** Starts an operation; gives what it asked, and how it ended once it has. */
  async ask(operation: Operation, line: Line) {
    const ended: { how?: 'ok' | Error } = {}
    Promise.resolve(operation(this.rc)).then(
      () => {
        ended.how = 'ok'
      },
      (error: Error) => {
        ended.how = error
      },
    )
    await this.controller.clock.advance(2)
    return { request: this.controller.next(line), ended }
  }

  /** The client gets a right answer to what it asks now. */
  async assertWell(what: string): Promise<void> {
    const { request, ended } = await this.ask((rc) => rc.directView(0).call('f', 1), 'mux')
    const content = { status: 'ok' }
    const buffers = writePythonValue(7)
    this.controller.reply('mux', request, 'apply_reply', { content, buffers })
    await this.controller.clock.advance(15_000)
    assert.equal(ended.how, 'ok', what)
    assert.equal(this.rc.status, 'connected', what)
  }

  /**
   * Does something with each, and when its time has passed what that gave: many at once, for time
   * costs more than they do. The client must be well in between.
   */
  async each(
    mutations: readonly Mutation[],
    work: (mutation: Mutation) => Promise<() => void>,
  ): Promise<void> {
    for (let at = 0; at < mutations.length; at += 40) {
      const checks: (() => void)[] = []
      for (const mutation of mutations.slice(at, at + 40)) checks.push(await work(mutation))
      await this.controller.clock.advance(15_000)
      for (const check of checks) check()
      for (const asked of Object.values(this.controller.asked)) asked.length = 0
      await this.assertWell(mutations[at]!.what)
    }
  }

  async end(): Promise<void> {
    const closing = this.rc.close()
    await this.controller.clock.advance(1_000)
    await closing
  }
}

for (const version of versions) {
  const messages = recordedFor('client', version)
  const replies = messages.filter((message) => nameOf(message) in operations)

  test(`${version}: recordings have every kind of answer`, () => {
    assert.deepEqual(new Set(replies.map(nameOf)), new Set(Object.keys(operations)))
  })

  for (const [i, recorded] of replies.entries()) {
    const { header, metadata, content } = recorded
    const operation = operations[nameOf(recorded)]!
    const line = lineOf(recorded)
    const title = `${version}: ${nameOf(recorded)} ${i}, ${content['status'] ?? 'without a status'}`

    test(`${title}: is understood`, async () => {
      const play = await Play.begin()
      const { request, ended } = await play.ask(operation, line)
      const parent = play.parentOf(line, request)
      play.tell(line, request, { header, parent, metadata, content }, buffersFor(recorded))
      await play.controller.clock.advance(20_000)
      const isRight = content['status'] === 'ok' && header['msg_type'] !== 'result_reply'
      if (isRight && line !== 'registration') assert.equal(ended.how, 'ok')
      else if (content['status'] === 'error') assert.ok(IparallelError.is(ended.how))
      await play.assertWell(title)
      await play.end()
    })

    test(`${title}: with anything wrong in it harms nothing else`, async () => {
      const play = await Play.begin()
      await play.each(mutationsOf(recorded), async ({ make, what }) => {
        const { request, ended } = await play.ask(operation, line)
        const parent = play.parentOf(line, request)
        play.tell(line, request, make({ msg_id: play.newId() }, parent), buffersFor(recorded))
        await play.controller.clock.advance(2)
        const right = { header: { ...header, msg_id: play.newId() }, parent, metadata, content }
        play.tell(line, request, right, buffersFor(recorded))
        return () => {
          // What was resubmitted is asked for until somebody has run it, which nobody does here.
          if (header['msg_type'] !== 'resubmit_reply') assert.ok(ended.how, what)
          if (!(ended.how instanceof Error)) return
          assert.ok(IparallelError.is(ended.how), `${what}: ${ended.how.stack}`)
        }
      })
      await play.end()
    })
  }

  for (const recorded of messages.filter(({ channel }) => channel === 'iopub')) {
    const { header, metadata, content } = recorded
    test(`${version}: output with anything wrong in it, ${header['msg_type']}`, async () => {
      const play = await Play.begin()
      const show = (message: Told) =>
        play.controller.send('iopub', framesOf(signer, [utf8('engine')], message, []))
      await play.each(mutationsOf(recorded), async ({ make, what }) => {
        const { request, ended } = await play.ask(operations['mux execute_reply']!, 'mux')
        const parent = play.parentOf('mux', request)
        show(make({ msg_id: play.newId() }, parent))
        await play.controller.clock.advance(2)
        show({ header: { ...header, msg_id: play.newId() }, parent, metadata, content })
        const reply = { status: 'ok', execution_count: 1, user_expressions: {}, payload: [] }
        play.controller.reply('mux', request, 'execute_reply', { content: reply })
        return () => assert.equal(ended.how, 'ok', what)
      })
      await play.end()
    })
  }

  for (const recorded of messages.filter(({ channel }) => channel === 'notification')) {
    if (recorded.header['msg_type'] === 'shutdown_notification') continue
    test(`${version}: news with anything wrong in it, ${recorded.header['msg_type']}`, async () => {
      const play = await Play.begin()
      // They are of other engines than the one that is there.
      await play.each(mutationsOf(recorded), async ({ make, what }) => {
        const message = make({ msg_id: play.newId() }, {})
        play.controller.send('notification', framesOf(signer, [utf8('hub')], message, []))
        await play.controller.clock.advance(2)
        return () => assert.deepEqual(play.rc.ids, [0], what)
      })
      await play.end()
    })
  }

  for (const recorded of messages.filter(
    (one) => nameOf(one) === 'registration connection_reply',
  )) {
    test(`${version}: a client that is told wrong who is there connects, or says what is wrong`, async () => {
      for (const { make, what } of mutationsOf(recorded)) {
        const controller = await PlayedController.start()
        controller.introduces = false
        const opening = controller.connect({ timeoutMs: 4_000 })
        opening.catch(() => {})
        await controller.clock.advance(100)
        const request = controller.next('registration')
        const message = make({}, headerObject(request.header))
        controller.send('registration', framesOf(signer, [request.idents[0]!], message, []))
        await controller.clock.advance(5_000)
        try {
          const rc = await opening
          assert.ok(rc.ids.every(Number.isSafeInteger), what)
          void rc.close()
        } catch (error) {
          assert.ok(IparallelError.is(error), `${what}: ${String(error)}`)
        }
        await controller.clock.advance(1_000)
      }
    })
  }

  test(`${version}: a client takes in who is there as it was recorded`, async () => {
    const recorded = messages.find((one) => nameOf(one) === 'registration connection_reply')!
    const { engines } = recorded.content
    assert.ok(isObject(engines))
    const controller = await PlayedController.start()
    controller.introduces = false
    const opening = controller.connect()
    await controller.clock.advance(100)
    const request = controller.next('registration')
    const { header, metadata, content } = recorded
    const parent = headerObject(request.header)
    const frames = framesOf(signer, [request.idents[0]!], { header, parent, metadata, content }, [])
    controller.send('registration', frames)
    await controller.clock.advance(100)
    const rc = await opening
    assert.deepEqual(rc.ids, Object.keys(engines).map(Number))
    assert.ok(rc.engines.every(({ language }) => language === 'python'))
    void rc.close()
    await controller.clock.advance(1_000)
  })
}
