import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext } from 'node:vm'
import fc from 'fast-check'
import { utf8 } from '../base/mod.ts'
import { type JsonObject, Message } from '../jupyter/mod.ts'
import { Codec } from '../serialize/mod.ts'
import { ManualClock } from '../testing/mod.ts'
import { EngineDirectory } from './engine-directory.ts'
import { sourceFunctions } from './played-cluster.test.ts'
import type { Task, TaskKind } from './task.ts'
import { TaskDesk } from './task-desk.ts'

const codec = new Codec(sourceFunctions(createContext({})))

function message(msgType: string, metadata: unknown, content: unknown, buffers: Uint8Array[] = []) {
  const header = { msg_id: 'r', msg_type: msgType, date: '2026-01-01T00:00:00.000000Z' }
  const frame = (value: unknown) => utf8(JSON.stringify(value))
  const frames = {
    header: frame(header),
    parentHeader: frame({ msg_id: 't', msg_type: 'apply_request' }),
    metadata: frame(metadata),
    content: frame(content),
  }
  return new Message([], frames, buffers)
}

class Desk {
  readonly clock = new ManualClock()
  readonly desk = new TaskDesk(this.clock, codec, new EngineDirectory(), undefined)
  settled = 0

  open(kind: TaskKind = 'apply'): Task {
    const owner = { taskSettled: () => void this.settled++ }
    const request = { kind, channel: 'task', target: undefined, owner, index: 0 } as const
    return this.desk.open('t', { ...request, items: 1, origin: new Error() }, [])
  }

  reply(metadata: JsonObject, content: JsonObject = { status: 'ok' }, value: unknown = 1): void {
    this.desk.replied(message('apply_reply', metadata, content, codec.encode(value)))
  }

  show(msgType: string, content: JsonObject): void {
    this.desk.shown(message(msgType, { engine: 'e' }, content))
  }
}

test('a task is settled by its reply when it showed nothing', () => {
  const desk = new Desk()
  const task = desk.open()
  desk.reply({ engine: 'e', started: 'x', output_count: 0 })
  assert.equal(desk.settled, 1)
  assert.deepEqual(task.outcome, { status: 'ok', value: 1 })
  assert.equal(desk.desk.size, 0)
})

test('a task is settled when the output that its engine counted is here', () => {
  const desk = new Desk()
  const task = desk.open()
  desk.show('stream', { name: 'stdout', text: 'a' })
  desk.reply({ engine: 'e', output_count: 2 })
  assert.equal(desk.settled, 0)
  desk.show('stream', { name: 'stdout', text: 'b' })
  assert.equal(desk.settled, 1)
  assert.equal(task.stdout, 'ab')
})

test('where the engine does not count, its being idle ends the output, before or after the reply', () => {
  for (const idleFirst of [true, false]) {
    const desk = new Desk()
    desk.open()
    if (idleFirst) desk.show('status', { execution_state: 'idle' })
    desk.reply({ engine: 'e', started: 'x' })
    assert.equal(desk.settled, idleFirst ? 1 : 0)
    if (!idleFirst) desk.show('status', { execution_state: 'idle' })
    assert.equal(desk.settled, 1)
  }
})

test('output that does not come holds a task up for a second', async () => {
  const desk = new Desk()
  desk.open()
  desk.reply({ engine: 'e', output_count: 5 })
  await desk.clock.advance(999)
  assert.equal(desk.settled, 0)
  await desk.clock.advance(1)
  assert.equal(desk.settled, 1)
  assert.equal(desk.clock.pending, 0)
})

test('a second reply changes nothing', () => {
  const desk = new Desk()
  const task = desk.open()
  desk.reply({ output_count: 1 })
  desk.reply({ output_count: 0 }, { status: 'ok' }, 2)
  assert.deepEqual(task.outcome, { status: 'ok', value: 1 })
})

test('a reply to nobody is let go', () => {
  const desk = new Desk()
  assert.equal(desk.desk.replied(message('apply_reply', {}, { status: 'ok' })), false)
})

test('a reply without a value is an error that says so', () => {
  const desk = new Desk()
  const task = desk.open()
  desk.desk.replied(message('apply_reply', { output_count: 0 }, { status: 'ok' }))
  assert.match(task.error!.message, /holds no value/)
})

test('a value of a Python engine is read', () => {
  const desk = new Desk()
  const task = desk.open()
  const pickle = Uint8Array.of(0x80, 4, 0x4b, 3, 0x2e)
  desk.desk.replied(message('apply_reply', { output_count: 0 }, { status: 'ok' }, [pickle]))
  assert.deepEqual(task.outcome, { status: 'ok', value: 3 })
})

test('a value in a form that nobody knows is an error that says so', () => {
  const desk = new Desk()
  const task = desk.open()
  const bytes = Uint8Array.of(0xff, 4, 0x4b, 3, 0x2e)
  desk.desk.replied(message('apply_reply', { output_count: 0 }, { status: 'ok' }, [bytes]))
  assert.match(task.error!.message, /no pickle: 0xff is no opcode/)
})

test('displayed output can be replaced by its id', () => {
  const desk = new Desk()
  const task = desk.open()
  const show = (msgType: string, text: string) =>
    desk.show(msgType, { data: { 'text/plain': text }, transient: { display_id: 'd' } })
  show('display_data', '1%')
  show('update_display_data', '100%')
  assert.deepEqual(
    task.displayed.map(({ data }) => data['text/plain']),
    ['100%'],
  )
})

test('whatever a reply or output consists of, the task ends and nothing breaks', async () => {
  const kinds = fc.constantFrom<TaskKind>('apply', 'execute')
  const odd = fc.dictionary(
    fc.constantFrom(
      ...['status', 'ename', 'evalue', 'traceback', 'engine_info', 'execution_count', 'name'],
      ...['text', 'data', 'engine', 'started', 'output_count', 'engine_id', 'execution_state'],
    ),
    fc.oneof(fc.jsonValue(), fc.constantFrom('ok', 'error', 'aborted', 'idle', 3)),
  )
  const outputs = fc.constantFrom(
    'stream',
    'status',
    'execute_result',
    'display_data',
    'error',
    'x',
  )
  const anything = fc.oneof(odd, fc.jsonValue())
  await fc.assert(
    fc.asyncProperty(
      kinds,
      fc.array(fc.tuple(outputs, anything, anything), { maxLength: 4 }),
      anything,
      anything,
      fc.array(fc.uint8Array(), { maxLength: 2 }),
      async (kind, shown, metadata, content, buffers) => {
        const desk = new Desk()
        desk.open(kind)
        for (const [type, itsMetadata, itsContent] of shown) {
          try {
            desk.desk.shown(message(type, itsMetadata, itsContent))
          } catch (error) {
            assert.equal((error as { code: string }).code, 'IPAR_BAD_CONTENT')
          }
        }
        desk.desk.replied(message(`${kind}_reply`, metadata, content, buffers))
        await desk.clock.advance(1_000)
        assert.equal(desk.settled, 1)
        assert.equal(desk.desk.size, 0)
      },
    ),
    { numRuns: 500 },
  )
})
