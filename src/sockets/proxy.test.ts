import assert from 'node:assert/strict'
import { test } from 'node:test'
import { text } from '../base/mod.ts'
import { Dealer } from './dealer.ts'
import { frames, heardBy, playedNetwork } from './played-network.test.ts'
import { proxy } from './proxy.ts'
import { Pub } from './pub.ts'
import { Pull } from './pull.ts'
import { Push } from './push.ts'
import { Rep } from './rep.ts'
import { Req } from './req.ts'
import { Router } from './router.ts'
import { Sub } from './sub.ts'
import { XPub } from './xpub.ts'
import { XSub } from './xsub.ts'

test('requests pass a proxy of ROUTER and DEALER, and their answers find back', async () => {
  const { clock, context } = playedNetwork()
  const front = new Router(context)
  const back = new Dealer(context)
  await Promise.all([front.bind('inproc://front'), back.bind('inproc://back')])
  const running = proxy(front, back)
  const rep = new Rep(context)
  rep.onMessage = ([question]) => void rep.trySend(frames(`${text(question!)}!`))
  rep.connect('inproc://back')
  const answers = ['a', 'b'].map((word) => {
    const req = new Req(context)
    req.connect('inproc://front')
    return req.request(frames(word))
  })
  await clock.advance(0)
  await clock.advance(0)
  assert.deepEqual(
    (await Promise.all(answers)).map((answer) => answer.map(text)),
    [['a!'], ['b!']],
  )
  await Promise.all([front.close({ lingerMs: 0 }), back.close({ lingerMs: 0 })])
  await running
})

test('subscriptions pass a proxy of XSUB and XPUB one way, messages the other', async () => {
  const { clock, context } = playedNetwork()
  const front = new XSub(context)
  const back = new XPub(context)
  await Promise.all([front.bind('inproc://front'), back.bind('inproc://back')])
  const stop = new AbortController()
  const running = proxy(front, back, { signal: stop.signal })
  const pub = new Pub(context)
  pub.connect('inproc://front')
  const sub = new Sub(context)
  const heard = heardBy(sub)
  sub.subscribe('a')
  sub.connect('inproc://back')
  await clock.advance(0)
  for (const topic of ['a1', 'b1']) pub.trySend(frames(topic))
  await clock.advance(0)
  assert.deepEqual(heard, [['a1']])
  stop.abort()
  await running
})

test('a capture socket sees what passes', async () => {
  const { clock, context } = playedNetwork()
  const front = new Pull(context)
  const back = new Push(context)
  const capture = new Push(context)
  const ends = [new Push(context), new Pull(context), new Pull(context)] as const
  for (const [i, socket] of [front, back, capture].entries()) {
    await socket.bind(`inproc://${i}`)
    ends[i]!.connect(`inproc://${i}`)
  }
  const heard = [heardBy(ends[1]), heardBy(ends[2])]
  await clock.advance(0)
  const stop = new AbortController()
  const running = proxy(front, back, { capture, signal: stop.signal })
  ends[0].trySend(frames('x'))
  await clock.advance(0)
  assert.deepEqual(heard, [[['x']], [['x']]])
  stop.abort()
  await running
})

test('a proxy that was stopped before it began takes no message', async () => {
  const { clock, context } = playedNetwork()
  const front = new Pull(context)
  await front.bind('inproc://front')
  const push = new Push(context)
  push.connect('inproc://front')
  push.trySend(frames('mine'))
  await clock.advance(0)
  await proxy(front, new Push(context), { signal: AbortSignal.abort() })
  assert.deepEqual((await front.receive()).map(text), ['mine'])
})

test('a proxy stops although a message waits for somebody to take it, who gets it then', async () => {
  const { clock, context } = playedNetwork()
  const [front, back] = [new Pull(context), new Push(context)]
  await Promise.all([front.bind('inproc://front'), back.bind('inproc://back')])
  const stop = new AbortController()
  const running = proxy(front, back, { signal: stop.signal })
  const push = new Push(context)
  push.connect('inproc://front')
  push.trySend(frames('x'))
  await clock.advance(0)
  stop.abort()
  await running
  const pull = new Pull(context)
  pull.connect('inproc://back')
  assert.deepEqual((await pull.receive()).map(text), ['x'])
})
