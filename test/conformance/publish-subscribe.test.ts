import assert from 'node:assert/strict'
import { Pub, Sub, XPub, XSub } from 'iparallel/zmq'
import { bothWays, bytes, eventOf, texts } from './libzmq.ts'

bothWays('our PUB and their SUB', async ({ zmq, meet }) => {
  // Heard through an XPUB, because a PUB does not tell when a subscription is there.
  const ours = new XPub()
  const theirs = new zmq.Subscriber()
  theirs.subscribe('a', 'bc')
  await meet(ours, theirs)
  // libzmq looks after a new connection only when it is asked for something.
  const first = theirs.receive()
  assert.deepEqual([...texts(await ours.receive()), ...texts(await ours.receive())].sort(), [
    '\x01a',
    '\x01bc',
  ])
  for (const topic of ['a1', 'b1', 'bc1']) await ours.send(bytes(topic, 'body'))
  assert.deepEqual(texts(await first), ['a1', 'body'])
  assert.deepEqual(texts(await theirs.receive()), ['bc1', 'body'])
  theirs.unsubscribe('a')
  assert.deepEqual(texts(await ours.receive()), ['\x00a'])
})

for (const minorVersion of [0, 1] as const) {
  bothWays(`our SUB, speaking ZMTP 3.${minorVersion}, and their XPUB`, async ({ zmq, meet }) => {
    const ours = new Sub({ minorVersion })
    const theirs = new zmq.XPublisher()
    ours.subscribe('a')
    await meet(ours, theirs)
    assert.deepEqual(texts(await theirs.receive()), ['\x01a'])
    ours.subscribe('b')
    assert.deepEqual(texts(await theirs.receive()), ['\x01b'])
    for (const topic of ['a1', 'x1', 'b1']) await theirs.send([topic, 'body'])
    assert.deepEqual(texts(await ours.receive()), ['a1', 'body'])
    assert.deepEqual(texts(await ours.receive()), ['b1', 'body'])
    ours.unsubscribe('a')
    assert.deepEqual(texts(await theirs.receive()), ['\x00a'])
  })

  bothWays(`their SUB and our XPUB, speaking ZMTP 3.${minorVersion}`, async ({ zmq, meet }) => {
    const ours = new XPub({ minorVersion })
    const theirs = new zmq.Subscriber()
    theirs.subscribe('topic')
    await meet(ours, theirs)
    const first = theirs.receive()
    assert.deepEqual(texts(await ours.receive()), ['\x01topic'])
    await ours.send(bytes('topic'))
    assert.deepEqual(texts(await first), ['topic'])
    theirs.unsubscribe('topic')
    assert.deepEqual(texts(await ours.receive()), ['\x00topic'])
  })
}

bothWays('our PUB sends to their SUB what it asked for', async ({ zmq, meet }) => {
  const ours = new Pub()
  const theirs = new zmq.Subscriber()
  theirs.subscribe('')
  await meet(ours, theirs)
  // What is published before the subscription came is lost, so this goes on until it is heard.
  const received = theirs.receive()
  let heard = false
  void received.then(() => {
    heard = true
  })
  for (let i = 0; !heard; i++) {
    await ours.send(bytes('topic', String(i)))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(texts(await received)[0], 'topic')
})

bothWays('our XSUB and their XPUB', async ({ zmq, meet }) => {
  const ours = new XSub()
  const theirs = new zmq.XPublisher()
  const met = Promise.race([eventOf(ours, 'connected'), eventOf(ours, 'accepted')])
  await meet(ours, theirs)
  await met
  await ours.send([Uint8Array.of(1, 65)])
  assert.deepEqual(texts(await theirs.receive()), ['\x01A'])
  await ours.send(bytes('up the stream', 'two'))
  assert.deepEqual(texts(await theirs.receive()), ['up the stream', 'two'])
  await theirs.send(['A', 'down'])
  assert.deepEqual(texts(await ours.receive()), ['A', 'down'])
})

bothWays('our XPUB and their XSUB', async ({ zmq, meet }) => {
  const ours = new XPub()
  const theirs = new zmq.XSubscriber()
  await meet(ours, theirs)
  await theirs.send(Buffer.from('\x01A'))
  const first = theirs.receive()
  assert.deepEqual(texts(await ours.receive()), ['\x01A'])
  await ours.send(bytes('A', 'down'))
  assert.deepEqual(texts(await first), ['A', 'down'])
  await theirs.send(Buffer.from('\x00A'))
  assert.deepEqual(texts(await ours.receive()), ['\x00A'])
})
