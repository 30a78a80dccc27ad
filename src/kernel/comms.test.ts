import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommEvent, Output } from '../engine/mod.ts'
import { type Comm, CommRegistry } from './comms.ts'

/** A registry, and what it says to the front ends. */
function registry(): { comms: CommRegistry; said: CommEvent[] } {
  const said: CommEvent[] = []
  const comms = new CommRegistry()
  comms.attach({ comm: (event: CommEvent) => said.push(event) } as unknown as Output)
  return { comms, said }
}

function fromFrontEnd(type: CommEvent['type'], more: Partial<CommEvent> = {}): CommEvent {
  return { type, commId: 'c1', data: {}, metadata: {}, buffers: [], ...more }
}

test('a target gets the comm that a front end opens, and what came with it', () => {
  const { comms, said } = registry()
  const seen: unknown[] = []
  comms.api.register('chart', (comm, { data, buffers }) => seen.push([comm.id, data, buffers]))
  const buffers = [Uint8Array.of(1)]
  comms.receive(fromFrontEnd('open', { targetName: 'chart', data: { a: 1 }, buffers }))
  assert.deepEqual(seen, [['c1', { a: 1 }, buffers]])
  assert.deepEqual(comms.list(), { c1: 'chart' })
  assert.deepEqual(said, [])
})

test('a comm to a target that nobody has registered is closed at once', () => {
  const { comms, said } = registry()
  comms.receive(fromFrontEnd('open', { targetName: 'nobody' }))
  assert.deepEqual(
    said.map(({ type, commId }) => [type, commId]),
    [['close', 'c1']],
  )
  assert.deepEqual(comms.list(), {})
})

test('a comm whose target fails is closed, and the error goes on', () => {
  const { comms, said } = registry()
  comms.api.register('chart', () => {
    throw new RangeError('no')
  })
  assert.throws(() => comms.receive(fromFrontEnd('open', { targetName: 'chart' })), RangeError)
  assert.equal(said[0]?.type, 'close')
})

test('messages go both ways until one side closes', () => {
  const { comms, said } = registry()
  const heard: unknown[] = []
  const comm = comms.api.open('chart', { size: 3 }, { metadata: { m: 1 } })
  comm.onMessage = ({ data }) => heard.push(data)
  comm.onClose = ({ data }) => heard.push(data)
  comm.send({ n: 1 }, { buffers: [new Float64Array([1]), new ArrayBuffer(2)] })
  comms.receive(fromFrontEnd('message', { commId: comm.id, data: { hi: 1 } }))
  comms.receive(fromFrontEnd('close', { commId: comm.id, data: { bye: 1 } }))
  comm.send({ n: 2 })
  assert.deepEqual(heard, [{ hi: 1 }, { bye: 1 }])
  assert.deepEqual(
    said.map(({ type, targetName, data, metadata }) => [type, targetName, data, metadata]),
    [
      ['open', 'chart', { size: 3 }, { m: 1 }],
      ['message', undefined, { n: 1 }, {}],
    ],
  )
  assert.deepEqual(
    said[1]?.buffers.map(({ byteLength }) => byteLength),
    [8, 2],
  )
  assert.deepEqual(comms.list(), {})
})

test('what JSON cannot say fails where it is sent', () => {
  const { comms, said } = registry()
  const comm = comms.api.open('chart')
  assert.throws(() => comm.send({ big: 1n }), TypeError)
  comms.api.open(5n as never)
  assert.equal(said.at(-1)?.targetName, '5')
})

test('a message for a comm that is not open is nobody’s', () => {
  const { comms, said } = registry()
  comms.receive(fromFrontEnd('message', { commId: 'gone' }))
  comms.receive(fromFrontEnd('close', { commId: 'gone' }))
  assert.deepEqual(said, [])
})

test('clearing closes the comms and forgets the targets', () => {
  const { comms, said } = registry()
  let opened: Comm | undefined
  comms.api.register('chart', (comm) => {
    opened = comm
  })
  comms.receive(fromFrontEnd('open', { targetName: 'chart' }))
  assert.equal(comms.api.get('c1'), opened)
  comms.clear()
  comms.receive(fromFrontEnd('open', { commId: 'c2', targetName: 'chart' }))
  assert.deepEqual(
    said.map(({ type, commId }) => [type, commId]),
    [
      ['close', 'c1'],
      ['close', 'c2'],
    ],
  )
})
