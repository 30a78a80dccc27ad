import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError, ClosedError, text } from '../base/mod.ts'
import { Dealer } from './dealer.ts'
import { PeerUnreachableError, SocketStateError } from './errors.ts'
import { Pair } from './pair.ts'
import { eventsOf, frames, heardBy, playedNetwork } from './played-network.test.ts'
import { Pub } from './pub.ts'
import { Pull } from './pull.ts'
import { Push } from './push.ts'
import { Rep } from './rep.ts'
import { Req } from './req.ts'
import { Router } from './router.ts'
import { Sub } from './sub.ts'
import { XPub } from './xpub.ts'
import { XSub } from './xsub.ts'

const endpoint = 'inproc://here'

test('a ROUTER puts the sender at the head and answers it by that', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  await router.bind(endpoint)
  const ann = new Dealer(context, { routingId: 'ann' })
  const nobody = new Dealer(context)
  ann.connect(endpoint)
  nobody.connect(endpoint)
  const heard: Uint8Array[][] = []
  router.onMessage = (frames) => void heard.push(frames)
  ann.trySend(frames('hello'))
  nobody.trySend(frames('hello'))
  await clock.advance(0)
  assert.equal(text(heard[0]![0]!), 'ann')
  assert.equal(heard[1]![0]!.length, 5)
  assert.equal(heard[1]![0]![0], 0)
  const atNobody = heardBy(nobody)
  assert.ok(router.trySend([heard[1]![0]!, ...frames('back', 'to you')]))
  await clock.advance(0)
  assert.deepEqual(atNobody, [['back', 'to you']])
})

test('a ROUTER says that it cannot reach a peer, and drops or rejects', async () => {
  const { context } = playedNetwork()
  const router = new Router(context)
  assert.ok(!router.trySend(frames('nobody', 'x')))
  await router.send(frames('nobody', 'x'))
  const strict = new Router(context, { mandatory: true })
  await assert.rejects(strict.send(frames('nobody', 'x')), PeerUnreachableError)
})

test('the first peer with a routing id keeps it, the second is refused', async () => {
  const { clock, context, log } = playedNetwork()
  const router = new Router(context)
  const events = eventsOf(router)
  await router.bind(endpoint)
  const [first, second] = [1, 2].map(() => new Dealer(context, { routingId: 'same' }))
  first!.connect(endpoint)
  await clock.advance(0)
  second!.connect(endpoint)
  await clock.advance(0)
  assert.deepEqual(
    events.map(({ type }) => type),
    ['listening', 'accepted', 'refused'],
  )
  assert.match(log[0]!, /the routing id 'same' is in use/)
  const atFirst = heardBy(first!)
  router.trySend(frames('same', 'who?'))
  await clock.advance(0)
  assert.deepEqual(atFirst, [['who?']])
})

test('with handover the second peer takes the routing id', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context, { handover: true })
  await router.bind(endpoint)
  const first = new Dealer(context, { routingId: 'same', reconnect: { firstMs: 1e6, maxMs: 1e6 } })
  first.connect(endpoint)
  await clock.advance(0)
  const second = new Dealer(context, { routingId: 'same' })
  second.connect(endpoint)
  await clock.advance(0)
  const heard = heardBy(second)
  router.trySend(frames('same', 'who?'))
  await clock.advance(0)
  assert.deepEqual(heard, [['who?']])
})

test('a peer that left can be reached again when it is back under its name', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  await router.bind(endpoint)
  const before = new Dealer(context, { routingId: 'ann' })
  before.connect(endpoint)
  await clock.advance(0)
  const closing = before.close()
  await clock.advance(0)
  await closing
  assert.ok(!router.trySend(frames('ann', 'lost')))
  const after = new Dealer(context, { routingId: 'ann' })
  after.connect(endpoint)
  await clock.advance(0)
  const heard = heardBy(after)
  assert.ok(router.trySend(frames('ann', 'found')))
  await clock.advance(0)
  assert.deepEqual(heard, [['found']])
})

test('a DEALER gives each peer its turn, also those that are not there yet', async () => {
  const { clock, context } = playedNetwork()
  const dealer = new Dealer(context)
  const peers = ['a', 'b', 'c'].map(() => new Dealer(context))
  for (const [i, peer] of peers.entries()) {
    if (i < 2) await peer.bind(`inproc://${i}`)
    dealer.connect(`inproc://${i}`)
  }
  for (let i = 0; i < 6; i++) dealer.trySend(frames(String(i)))
  const heard = peers.map((peer) => heardBy(peer))
  await peers[2]!.bind('inproc://2')
  await clock.advance(0)
  assert.deepEqual(heard, [
    [['0'], ['3']],
    [['1'], ['4']],
    [['2'], ['5']],
  ])
})

test('PUSH shares out, PULL collects', async () => {
  const { clock, context } = playedNetwork()
  const push = new Push(context)
  const pulls = [new Pull(context), new Pull(context)]
  await push.bind(endpoint)
  for (const pull of pulls) pull.connect(endpoint)
  await clock.advance(0)
  const heard = pulls.map((pull) => heardBy(pull))
  for (const word of ['1', '2', '3', '4']) push.trySend(frames(word))
  await clock.advance(0)
  assert.deepEqual(heard, [
    [['1'], ['3']],
    [['2'], ['4']],
  ])
})

test('what a PUSH cannot give to anybody waits in send', async () => {
  const { clock, context } = playedNetwork()
  const push = new Push(context)
  await push.bind(endpoint)
  assert.ok(!push.trySend(frames('x')))
  const sent = push.send(frames('kept'))
  const pull = new Pull(context)
  const heard = heardBy(pull)
  pull.connect(endpoint)
  await clock.advance(0)
  await sent
  await clock.advance(0)
  assert.deepEqual(heard, [['kept']])
})

test('a PAIR talks to one peer and refuses the next until that one is gone', async () => {
  const { clock, context } = playedNetwork()
  const pair = new Pair(context)
  await pair.bind(endpoint)
  const first = new Pair(context)
  first.connect(endpoint)
  await clock.advance(0)
  const second = new Pair(context)
  const atSecond = heardBy(second)
  second.connect(endpoint)
  await clock.advance(0)
  pair.trySend(frames('to the first'))
  await clock.advance(0)
  assert.deepEqual(atSecond, [])
  void first.close()
  await clock.advance(10_000)
  pair.trySend(frames('to the second'))
  await clock.advance(0)
  assert.deepEqual(atSecond, [['to the second']])
})

test('PUB sends to those who subscribed to the beginning, once each', async () => {
  const { clock, context } = playedNetwork()
  const pub = new Pub(context)
  await pub.bind(endpoint)
  const subs = [['a', 'ab'], ['b'], ['']].map((topics) => {
    const sub = new Sub(context)
    for (const topic of topics) sub.subscribe(topic)
    sub.connect(endpoint)
    return sub
  })
  await clock.advance(0)
  const heard = subs.map((sub) => heardBy(sub))
  for (const topic of ['abc', 'bcd', 'x']) pub.trySend(frames(topic, 'body'))
  await clock.advance(0)
  assert.deepEqual(heard, [
    [['abc', 'body']],
    [['bcd', 'body']],
    [
      ['abc', 'body'],
      ['bcd', 'body'],
      ['x', 'body'],
    ],
  ])
})

test('a PUB greets each connection once, with what it subscribed to', async () => {
  const { clock, context } = playedNetwork()
  const pub = new Pub(context)
  pub.welcome = () => [frames('a', 'earlier'), frames('b', 'earlier')]
  await pub.bind(endpoint)
  const heard = ['a', ''].map((topic) => {
    const sub = new Sub(context)
    sub.subscribe(topic)
    sub.connect(endpoint)
    return { sub, messages: heardBy(sub) }
  })
  await clock.advance(0)
  for (const { sub } of heard) sub.subscribe('c')
  await clock.advance(0)
  const messages = heard.map((one) => one.messages)
  assert.deepEqual(messages, [
    [['a', 'earlier']],
    [
      ['a', 'earlier'],
      ['b', 'earlier'],
    ],
  ])
})

test('a SUB that subscribed twice must unsubscribe twice', async () => {
  const { clock, context } = playedNetwork()
  const pub = new Pub(context)
  await pub.bind(endpoint)
  const sub = new Sub(context)
  const heard = heardBy(sub)
  sub.connect(endpoint)
  sub.subscribe('a')
  sub.subscribe('a')
  sub.unsubscribe('a')
  await clock.advance(0)
  pub.trySend(frames('a1'))
  await clock.advance(0)
  sub.unsubscribe('a')
  await clock.advance(0)
  pub.trySend(frames('a2'))
  await clock.advance(0)
  assert.deepEqual(heard, [['a1']])
})

test('what was on its way when a subscription ended is not delivered', async () => {
  const { clock, context } = playedNetwork()
  const pub = new Pub(context)
  await pub.bind(endpoint)
  const sub = new Sub(context)
  const heard = heardBy(sub)
  sub.connect(endpoint)
  sub.subscribe('a')
  await clock.advance(0)
  pub.trySend(frames('a'))
  sub.unsubscribe('a')
  await clock.advance(0)
  assert.deepEqual(heard, [])
})

test('a PUB that connected sends after a reconnection what it published meanwhile', async () => {
  const { clock, context } = playedNetwork()
  const pub = new Pub(context)
  pub.connect(endpoint)
  const subscriber = async (): Promise<Sub> => {
    const sub = new Sub(context)
    sub.subscribe('')
    await sub.bind(endpoint)
    return sub
  }
  const before = await subscriber()
  await clock.advance(0)
  void before.close()
  await clock.advance(0)
  pub.trySend(frames('meanwhile'))
  const after = await subscriber()
  const heard = heardBy(after)
  await clock.advance(1_000)
  assert.deepEqual(heard, [['meanwhile']])
})

test('an XPUB hears of the first and the last subscriber of a topic, an XSUB may be one', async () => {
  const { clock, context } = playedNetwork()
  const xpub = new XPub(context)
  const heard: number[][] = []
  xpub.onMessage = ([frame]) => void heard.push([...frame!])
  await xpub.bind(endpoint)
  const sub = new Sub(context)
  sub.subscribe('A')
  sub.connect(endpoint)
  await clock.advance(0)
  const xsub = new XSub(context)
  xsub.connect(endpoint)
  xsub.trySend([Uint8Array.of(1, 65)])
  xsub.trySend([Uint8Array.of(1, 66)])
  xsub.trySend(frames('up', 'stream'))
  await clock.advance(0)
  assert.deepEqual(heard, [[1, 65], [...Buffer.from('up')], [1, 66]].toSorted())
  const atXsub = heardBy(xsub)
  xpub.trySend(frames('Bx'))
  await clock.advance(0)
  assert.deepEqual(atXsub, [['Bx']])
  heard.length = 0
  xsub.trySend([Uint8Array.of(0, 66)])
  await clock.advance(0)
  assert.deepEqual(heard, [[0, 66]])
  heard.length = 0
  void xsub.close()
  void sub.close()
  await clock.advance(0)
  assert.deepEqual(heard, [[0, 65]])
})

test('a verbose XPUB hears of every subscription', async () => {
  const { clock, context } = playedNetwork()
  const xpub = new XPub(context, { verbose: true })
  const heard = heardBy(xpub)
  await xpub.bind(endpoint)
  for (const _ of [1, 2]) {
    const sub = new Sub(context)
    sub.subscribe('A')
    sub.connect(endpoint)
  }
  await clock.advance(0)
  assert.deepEqual(heard, [['\x01A'], ['\x01A']])
})

test('REQ asks, REP answers, one after the other', async () => {
  const { clock, context } = playedNetwork()
  const rep = new Rep(context)
  await rep.bind(endpoint)
  const req = new Req(context)
  req.connect(endpoint)
  for (const word of ['one', 'two']) {
    const answer = req.request(frames(word))
    await clock.advance(0)
    const [asked] = await rep.receive()
    await rep.send(frames(`${text(asked!)}!`))
    await clock.advance(0)
    assert.deepEqual((await answer).map(text), [`${word}!`])
  }
})

test('REQ and REP refuse what is not their turn', async () => {
  const { clock, context } = playedNetwork()
  const rep = new Rep(context)
  await rep.bind(endpoint)
  const req = new Req(context)
  req.connect(endpoint)
  assert.ok(!rep.trySend(frames('nobody asked')))
  await assert.rejects(rep.send(frames('nobody asked')), SocketStateError)
  await req.send(frames('first'))
  assert.ok(!req.trySend(frames('second')))
  await assert.rejects(req.send(frames('second')), SocketStateError)
  await clock.advance(0)
})

test('a REP takes the next request when the one before is answered, and answers its asker', async () => {
  const { clock, context } = playedNetwork()
  const rep = new Rep(context)
  const asked: string[] = []
  rep.onMessage = ([frame]) => void asked.push(text(frame!))
  await rep.bind(endpoint)
  const reqs = ['a', 'b'].map((word) => {
    const req = new Req(context)
    req.connect(endpoint)
    req.trySend(frames(word))
    return heardBy(req)
  })
  await clock.advance(0)
  assert.deepEqual(asked, ['a'])
  rep.trySend(frames('for a'))
  rep.trySend(frames('for b'))
  await clock.advance(0)
  assert.deepEqual(asked, ['a', 'b'])
  assert.deepEqual(reqs, [[['for a']], [['for b']]])
})

test('a REP works off any number of requests that wait, when each is answered at once', async () => {
  const count = 5_000
  const { clock, context } = playedNetwork()
  const rep = new Rep(context, { receiveHighWaterMark: 0, sendHighWaterMark: 0 })
  await rep.bind(endpoint)
  const dealer = new Dealer(context, { sendHighWaterMark: 0 })
  const answers = heardBy(dealer)
  dealer.connect(endpoint)
  for (let i = 0; i < count; i++) dealer.trySend(frames('', String(i)))
  await clock.advance(0)
  rep.onMessage = (request) => void rep.trySend(request)
  await clock.advance(0)
  await clock.advance(0)
  assert.equal(answers.length, count)
})

test('a relaxed REQ drops the answer to a request that it gave up', async () => {
  const { clock, context } = playedNetwork()
  const router = new Router(context)
  const asked: Uint8Array[][] = []
  router.onMessage = (frames) => void asked.push(frames)
  await router.bind(endpoint)
  const req = new Req(context, { relaxed: true })
  const heard = heardBy(req)
  req.connect(endpoint)
  req.trySend(frames('first'))
  req.trySend(frames('second'))
  await clock.advance(0)
  for (const question of asked)
    router.trySend([...question.slice(0, -1), ...frames('answer to'), question.at(-1)!])
  await clock.advance(0)
  assert.deepEqual(heard, [['answer to', 'second']])
})

test('a REQ takes an answer only from the peer that it asked', async () => {
  const { clock, context } = playedNetwork()
  const routers = [new Router(context), new Router(context)]
  const req = new Req(context, { routingId: 'r' })
  const heard = heardBy(req)
  for (const [i, router] of routers.entries()) {
    await router.bind(`inproc://${i}`)
    req.connect(`inproc://${i}`)
  }
  await clock.advance(0)
  req.trySend(frames('?'))
  await clock.advance(0)
  routers[1]!.trySend(frames('r', '', 'wrong'))
  routers[0]!.trySend(frames('r', 'no delimiter'))
  routers[0]!.trySend(frames('r', '', 'right'))
  await clock.advance(0)
  assert.deepEqual(heard, [['right']])
})

test('a REP drops a request without a delimiter', async () => {
  const { clock, context } = playedNetwork()
  const rep = new Rep(context)
  const asked = heardBy(rep)
  await rep.bind(endpoint)
  const dealer = new Dealer(context)
  dealer.connect(endpoint)
  dealer.trySend(frames('no', 'delimiter'))
  dealer.trySend(frames('envelope', '', 'body'))
  await clock.advance(0)
  assert.deepEqual(asked, [['body']])
  const heard = heardBy(dealer)
  rep.trySend(frames('answer'))
  await clock.advance(0)
  assert.deepEqual(heard, [['envelope', '', 'answer']])
})

test('a type has only the verbs that its pattern allows', () => {
  const { context } = playedNetwork()
  assert.ok(!('receive' in new Push(context)) && !('receive' in new Pub(context)))
  assert.ok(!('send' in new Pull(context)) && !('send' in new Sub(context)))
})

test('what is no message is refused, and harms nothing', async () => {
  const { clock, context } = playedNetwork()
  const rep = new Rep(context)
  await rep.bind(endpoint)
  const req = new Req(context)
  req.connect(endpoint)
  for (const wrong of ['hello', ['hello'], new Uint8Array(3), [], [undefined], [1]]) {
    const message = wrong as unknown as Uint8Array[]
    assert.throws(() => req.trySend(message), ArgumentError)
    await assert.rejects(req.send(message), ArgumentError)
  }
  const answer = req.request(frames('hello'))
  await clock.advance(0)
  assert.deepEqual((await rep.receive()).map(text), ['hello'])
  assert.ok(rep.trySend(frames('hi')))
  await clock.advance(0)
  assert.deepEqual((await answer).map(text), ['hi'])
})

test('a closed socket sends nothing, receives nothing and says so', async () => {
  const { context } = playedNetwork()
  const dealer = new Dealer(context)
  const pending = dealer.receive()
  const refused = assert.rejects(pending, ClosedError)
  await dealer.close()
  await refused
  assert.ok(!dealer.trySend(frames('x')))
  await assert.rejects(dealer.send(frames('x')), ClosedError)
  await assert.rejects(dealer.receive(), ClosedError)
  await assert.rejects(dealer.bind(endpoint), ClosedError)
  assert.throws(() => dealer.connect(endpoint), ClosedError)
  for await (const _ of dealer) assert.fail('nothing can come')
})
