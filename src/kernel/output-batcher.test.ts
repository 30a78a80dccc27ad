import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { OutputBatcher } from './output-batcher.ts'
import { recordedOutput } from './recorded-output.test.ts'

test('what is printed in quick succession leaves as one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { output, shown } = recordedOutput()
  const batcher = new OutputBatcher()
  for (const text of ['a', 'b', 'c']) batcher.add(output, 'stdout', text)
  assert.deepEqual(shown, [])
  batcher.flush()
  assert.deepEqual(shown, ['stdout abc'])
})

test('what is printed leaves by itself', async () => {
  const { output } = recordedOutput()
  const delivered = new Promise((resolve) => {
    const stream = (_name: string, text: string): void => resolve(text)
    new OutputBatcher().add({ ...output, stream }, 'stdout', 'abc')
  })
  assert.equal(await delivered, 'abc')
})

test('both streams keep their order', () => {
  const { output, shown } = recordedOutput()
  const batcher = new OutputBatcher()
  batcher.add(output, 'stdout', 'a')
  batcher.add(output, 'stderr', 'b')
  batcher.add(output, 'stdout', 'c')
  batcher.flush()
  assert.deepEqual(shown, ['stdout a', 'stderr b', 'stdout c'])
})

test('what two requests print is kept apart', () => {
  const first = recordedOutput()
  const second = recordedOutput()
  const batcher = new OutputBatcher()
  batcher.add(first.output, 'stdout', 'a')
  batcher.add(second.output, 'stdout', 'b')
  batcher.flush()
  assert.deepEqual([first.shown, second.shown], [['stdout a'], ['stdout b']])
})

test('much output leaves at once', () => {
  const { output, shown } = recordedOutput()
  new OutputBatcher().add(output, 'stdout', 'x'.repeat(limits.outputBatchCharsMax))
  assert.equal(shown.length, 1)
})

test('what has left does not leave again', () => {
  const { output, shown } = recordedOutput()
  const batcher = new OutputBatcher()
  batcher.add(output, 'stdout', 'a')
  batcher.flush()
  batcher.flush()
  assert.deepEqual(shown, ['stdout a'])
})
