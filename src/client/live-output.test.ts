import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveOutput } from './live-output.ts'
import type { StreamName } from './ports.ts'

function show(...pieces: [StreamName, number | undefined, string][]): string[] {
  const shown: string[] = []
  const live = new LiveOutput({ write: (stream, text) => shown.push(`${stream}<${text}`) })
  for (const piece of pieces) live.write(...piece)
  return shown
}

test('each line has the number of its engine before it', () => {
  assert.deepEqual(show(['stdout', 2, 'a\nb\n']), ['stdout<[stdout:2] a\n[stdout:2] b\n'])
})

test('a line goes on where it stopped', () => {
  assert.deepEqual(show(['stdout', 0, 'a'], ['stdout', 0, 'b\n']), [
    'stdout<[stdout:0] a',
    'stdout<b\n',
  ])
})

test('another engine breaks an unfinished line off', () => {
  assert.deepEqual(show(['stdout', 0, 'a'], ['stderr', 1, 'b\n']), [
    'stdout<[stdout:0] a',
    'stdout<\n',
    'stderr<[stderr:1] b\n',
  ])
})

test('a progress bar keeps its number when it starts its line again', () => {
  assert.deepEqual(show(['stdout', 1, '1%\r2%\n']), ['stdout<[stdout:1] 1%\r[stdout:1] 2%\n'])
})

test("a line that ends as Windows' programs end theirs has one number", () => {
  assert.deepEqual(show(['stdout', 0, 'a\r\nb\r\n'], ['stdout', 0, 'c']), [
    'stdout<[stdout:0] a\r\n[stdout:0] b\r\n',
    'stdout<[stdout:0] c',
  ])
})

test('an engine that left is shown without a number', () => {
  assert.deepEqual(show(['stdout', undefined, 'x\n']), ['stdout<[stdout:?] x\n'])
})

test('nothing is shown for no text', () => {
  assert.deepEqual(show(['stdout', 0, '']), [])
})
