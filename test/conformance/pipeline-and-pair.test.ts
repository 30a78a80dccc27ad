import assert from 'node:assert/strict'
import { Pair, Pull, Push } from 'iparallel/zmq'
import { againstLibzmq, bothWays, bytes, eventOf, texts } from './libzmq.ts'

bothWays('our PUSH and their PULL', async ({ zmq, meet }) => {
  const ours = new Push()
  const theirs = new zmq.Pull()
  await meet(ours, theirs)
  for (let i = 0; i < 50; i++) await ours.send(bytes(String(i), 'body'))
  for (let i = 0; i < 50; i++) assert.deepEqual(texts(await theirs.receive()), [String(i), 'body'])
})

bothWays('our PULL and their PUSH', async ({ zmq, meet }) => {
  const ours = new Pull()
  const theirs = new zmq.Push()
  await meet(ours, theirs)
  for (let i = 0; i < 50; i++) await theirs.send([String(i), 'body'])
  for (let i = 0; i < 50; i++) assert.deepEqual(texts(await ours.receive()), [String(i), 'body'])
})

againstLibzmq('our PUSH gives their PULLs equal shares', async (zmq, t) => {
  const ours = new Push()
  t.after(() => ours.close({ lingerMs: 0 }))
  const theirs = [new zmq.Pull({ linger: 0 }), new zmq.Pull({ linger: 0 })]
  for (const pull of theirs) {
    t.after(() => pull.close())
    await pull.bind('tcp://127.0.0.1:*')
    ours.connect(pull.lastEndpoint!)
  }
  for (let i = 0; i < 20; i++) await ours.send(bytes(String(i)))
  for (let i = 0; i < 20; i++) {
    assert.deepEqual(texts(await theirs[i % 2]!.receive()), [String(i)])
  }
})

bothWays('our PAIR and their PAIR', async ({ zmq, meet }) => {
  const ours = new Pair()
  const theirs = new zmq.Pair()
  await meet(ours, theirs)
  await ours.send(bytes('one', ''))
  assert.deepEqual(texts(await theirs.receive()), ['one', ''])
  await theirs.send('two')
  assert.deepEqual(texts(await ours.receive()), ['two'])
})

againstLibzmq('our PAIR refuses a second peer of theirs', async (zmq, t) => {
  const ours = new Pair()
  t.after(() => ours.close({ lingerMs: 0 }))
  const refused = eventOf(ours, 'refused')
  const endpoint = await ours.bind('tcp://127.0.0.1:0')
  const [first, second] = [1, 2].map(() => {
    const pair = new zmq.Pair({ linger: 0 })
    t.after(() => pair.close())
    return pair
  })
  first!.connect(endpoint)
  await first!.send('first')
  assert.deepEqual(texts(await ours.receive()), ['first'])
  second!.connect(endpoint)
  await refused
  await ours.send(bytes('still you'))
  assert.deepEqual(texts(await first!.receive()), ['still you'])
})
