import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressLine } from './progress-line.ts'

interface Screen {
  readonly stream: NodeJS.WriteStream
  readonly text: () => string
}

function screen(isTTY: boolean, columns = 80): Screen {
  const written: string[] = []
  const stream = { isTTY, columns, write: (text: string) => written.push(text) > 0 }
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') }
}

test('on a terminal one line grows, and goes away at the end', () => {
  const { stream, text } = screen(true)
  const progress = new ProgressLine(stream, false)
  progress.show({ stage: 'engines', ready: 1, total: 4 })
  assert.match(text(), /██████░{18} 1\/4 engines$/)
  progress.end()
  assert.ok(text().endsWith('\r\u001b[2K'))
})

test('the line fits into a narrow terminal', () => {
  const { stream, text } = screen(true, 30)
  new ProgressLine(stream, false).show({ stage: 'engines', ready: 2, total: 4 })
  const [, line] = text().split('\u001b[2K')
  assert.match(line!, /^ {2}█+░+ 2\/4 engines$/)
  assert.equal(line!.length, 29)
})

test('elsewhere there are plain lines, and only those that matter', () => {
  const { stream, text } = screen(false)
  const progress = new ProgressLine(stream, false)
  for (const ready of [1, 2]) progress.show({ stage: 'engines', ready, total: 2 })
  progress.end()
  assert.equal(text(), '2 of 2 engines are ready\n')
})

test('who wants quiet gets it', () => {
  const { stream, text } = screen(true)
  const progress = new ProgressLine(stream, true)
  progress.show({ stage: 'engines', ready: 1, total: 2 })
  progress.end()
  assert.equal(text(), '')
})
