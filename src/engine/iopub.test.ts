import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import { IoPub, type IoPubOptions, RequestOutput } from './iopub.ts'

/** Messages of which each is as large as its text says, and no larger. */
function recorded(): { output: RequestOutput; shown: unknown[] } {
  const shown: unknown[] = []
  const session = {
    pack: (msgType: string, { content }: { content: Record<string, unknown> }) => {
      shown.push([msgType, content['name'] ?? content['execution_count']])
      return [{ length: String(content['text'] ?? '').length }]
    },
  }
  const options = { session, socket: { trySend: () => true }, topic: 'engine.0' }
  const iopub = new IoPub(options as unknown as IoPubOptions)
  return { output: new RequestOutput(iopub, {} as Message), shown }
}

test('a request that shows without end is told so once, and its value is still shown', () => {
  const { output, shown } = recorded()
  const piece = 'x'.repeat(limits.streamCharsMax)
  const count = limits.requestOutputBytesMax / limits.streamCharsMax + 1
  for (let i = 0; i < count + 10; i++) output.stream('stdout', piece)
  output.display({}, {}, {}, false)
  output.executeResult({}, {}, 7)
  assert.deepEqual(shown.slice(count - 1), [
    ['stream', 'stdout'],
    ['stream', 'stderr'],
    ['execute_result', 7],
  ])
})
