import assert from 'node:assert/strict'
import { Dealer, Rep, Req, Router } from 'iparallel/zmq'
import { againstLibzmq, bothWays, bytes, eventOf, texts } from './libzmq.ts'

bothWays('our DEALER and their ROUTER', async ({ zmq, meet }) => {
  const ours = new Dealer({ routingId: 'ours' })
  const theirs = new zmq.Router()
  await meet(ours, theirs)
  await ours.send(bytes('one', '', 'three'))
  const received = await theirs.receive()
  assert.deepEqual(texts(received), ['ours', 'one', '', 'three'])
  await theirs.send([received[0]!, '', 'back'])
  assert.deepEqual(texts(await ours.receive()), ['', 'back'])
})

bothWays('our ROUTER and their DEALER', async ({ zmq, meet }) => {
  const ours = new Router()
  const theirs = new zmq.Dealer({ routingId: 'theirs' })
  await meet(ours, theirs)
  await theirs.send(['one', '', 'three'])
  const received = await ours.receive()
  assert.deepEqual(texts(received), ['theirs', 'one', '', 'three'])
  await ours.send([received[0]!, ...bytes('', 'back')])
  assert.deepEqual(texts(await theirs.receive()), ['', 'back'])
})

bothWays('our ROUTER and their ROUTER, each by name', async ({ zmq, meet }) => {
  const ours = new Router({ routingId: 'ours' })
  const theirs = new zmq.Router({ routingId: 'theirs', mandatory: true })
  const met = eventOf(ours, 'connected')
  const accepted = eventOf(ours, 'accepted')
  await meet(ours, theirs)
  await Promise.race([met, accepted])
  assert.ok(ours.trySend(bytes('theirs', 'hello')))
  assert.deepEqual(texts(await theirs.receive()), ['ours', 'hello'])
  await theirs.send(['ours', 'hello yourself'])
  assert.deepEqual(texts(await ours.receive()), ['theirs', 'hello yourself'])
})

bothWays('our DEALER and their DEALER, in order', async ({ zmq, meet }) => {
  const ours = new Dealer()
  const theirs = new zmq.Dealer()
  await meet(ours, theirs)
  for (let i = 0; i < 100; i++) await ours.send(bytes(String(i)))
  for (let i = 0; i < 100; i++) assert.deepEqual(texts(await theirs.receive()), [String(i)])
})

bothWays('our REQ and their REP', async ({ zmq, meet }) => {
  const ours = new Req()
  const theirs = new zmq.Reply()
  await meet(ours, theirs)
  for (const word of ['a', 'b']) {
    await ours.send(bytes(word, 'more'))
    assert.deepEqual(texts(await theirs.receive()), [word, 'more'])
    await theirs.send([`${word}!`])
    assert.deepEqual(texts(await ours.receive()), [`${word}!`])
  }
})

bothWays('our relaxed REQ and their REP', async ({ zmq, meet }) => {
  const ours = new Req({ relaxed: true })
  const theirs = new zmq.Reply()
  await meet(ours, theirs)
  await ours.send(bytes('given up'))
  await ours.send(bytes('asked again'))
  for (const word of ['given up', 'asked again']) {
    assert.deepEqual(texts(await theirs.receive()), [word])
    await theirs.send([`to ${word}`])
  }
  assert.deepEqual(texts(await ours.receive()), ['to asked again'])
})

bothWays('our REP and their REQ', async ({ zmq, meet }) => {
  const ours = new Rep()
  const theirs = new zmq.Request({ correlate: true })
  await meet(ours, theirs)
  for (const word of ['a', 'b']) {
    await theirs.send([word, 'more'])
    assert.deepEqual(texts(await ours.receive()), [word, 'more'])
    await ours.send(bytes(`${word}!`))
    assert.deepEqual(texts(await theirs.receive()), [`${word}!`])
  }
})

bothWays('our REP and their DEALER, through an envelope', async ({ zmq, meet }) => {
  const ours = new Rep()
  const theirs = new zmq.Dealer()
  await meet(ours, theirs)
  await theirs.send(['x', 'y', '', 'question'])
  assert.deepEqual(texts(await ours.receive()), ['question'])
  await ours.send(bytes('answer'))
  assert.deepEqual(texts(await theirs.receive()), ['x', 'y', '', 'answer'])
})

bothWays('our REQ and their ROUTER', async ({ zmq, meet }) => {
  const ours = new Req()
  const theirs = new zmq.Router()
  await meet(ours, theirs)
  await ours.send(bytes('question'))
  const [id, empty, question] = await theirs.receive()
  assert.deepEqual(texts([empty!, question!]), ['', 'question'])
  await theirs.send([id!, '', 'answer'])
  assert.deepEqual(texts(await ours.receive()), ['answer'])
})

bothWays('large and empty frames pass both ways', async ({ zmq, meet }) => {
  const ours = new Dealer()
  const theirs = new zmq.Dealer()
  await meet(ours, theirs)
  const sizes = [0, 1, 255, 256, 8_191, 65_536, 1_000_003, 30_000_000]
  const frames = sizes.map((size) => Buffer.alloc(size, size % 251))
  await ours.send(frames)
  const there = await theirs.receive()
  assert.ok(frames.every((frame, i) => frame.equals(there[i]!)))
  await theirs.send(there)
  const back = await ours.receive()
  assert.equal(back.length, frames.length)
  assert.ok(frames.every((frame, i) => frame.equals(back[i]!)))
})

againstLibzmq('our ROUTER keeps the first of two peers with one routing id', async (zmq, t) => {
  const ours = new Router()
  const refused = eventOf(ours, 'refused')
  const endpoint = await ours.bind('tcp://127.0.0.1:0')
  const [first, second] = [1, 2].map(() => {
    const dealer = new zmq.Dealer({ routingId: 'same', linger: 0, reconnectInterval: 10_000 })
    t.after(() => dealer.close())
    return dealer
  })
  t.after(() => ours.close({ lingerMs: 0 }))
  first!.connect(endpoint)
  await first!.send('here')
  await ours.receive()
  second!.connect(endpoint)
  await refused
  await ours.send(bytes('same', 'who?'))
  assert.deepEqual(texts(await first!.receive()), ['who?'])
})

againstLibzmq('their ROUTER drops what we send to nobody, and goes on', async (zmq, t) => {
  const theirs = new zmq.Router({ linger: 0 })
  await theirs.bind('tcp://127.0.0.1:*')
  const ours = new Dealer({ routingId: 'ours' })
  t.after(() => theirs.close())
  t.after(() => ours.close({ lingerMs: 0 }))
  ours.connect(theirs.lastEndpoint!)
  await ours.send(bytes('x'))
  await theirs.receive()
  await theirs.send(['nobody', 'lost'])
  await theirs.send(['ours', 'found'])
  assert.deepEqual(texts(await ours.receive()), ['found'])
})
