import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { limits } from '../base/mod.ts'
import { PortOutput } from './main-side.ts'
import { outputWeight } from './output-weight.ts'
import type { MessageFromEvaluator } from './port-messages.ts'
import { Questions } from './questions.ts'
import { SharedControl } from './shared-control.ts'

const pieces: readonly (readonly [what: string, message: MessageFromEvaluator])[] = [
  ['a character', ['stream', 1, 'stdout', '.']],
  ['a display', ['display', 1, { 'text/plain': '1' }, {}, {}, false]],
  ['a change of one', ['display', 1, {}, {}, {}, true]],
  ['a clearing', ['clearOutput', 1, false]],
]

for (const [what, message] of pieces) {
  test(`${what} cannot be written in any number before its writer waits`, () => {
    const count = limits.outputBacklogCharsMax / outputWeight(message)
    assert.ok(count <= 1_024, `${count} of them`)
  })
}

test('a large display weighs as much as its text, and a large frame of a comm as its bytes', () => {
  const text = 'x'.repeat(1_000_000)
  assert.ok(outputWeight(['display', 1, { 'image/png': text }, {}, {}, false]) > text.length)
  const event = { type: 'message', commId: 'a', data: {}, metadata: {}, buffers: [] } as const
  const parcel = { lengths: [-1], packed: undefined, taken: [new Uint8Array(1_000_000)] }
  assert.ok(outputWeight(['comm', 1, event, parcel]) > 1_000_000)
})

test('an answer weighs nothing: its thread must not wait', () => {
  assert.equal(outputWeight(['answered', 1, 'x'.repeat(1_000)]), 0)
})

test('both threads give a message the same weight, also one whose memory changes hands', () => {
  const added: number[] = []
  class Control extends SharedControl {
    override addOutput(chars: number): void {
      added.push(chars)
    }
  }
  const { port1, port2 } = new MessageChannel()
  const output = new PortOutput(1, port1, new Control(), new Questions())
  for (const bytes of [10, 10_000]) {
    const buffers = [new Uint8Array(bytes), new Uint8Array(bytes / 10)]
    output.comm({ type: 'message', commId: 'a', data: {}, metadata: {}, buffers })
    const { message } = receiveMessageOnPort(port2) as { message: MessageFromEvaluator }
    assert.equal(added.pop(), outputWeight(message))
  }
  port1.close()
})
