import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressBar, progressText } from './progress-bar.ts'

test('the bar shows a share, numbers and the time', () => {
  assert.equal(progressText(0, 4, 0), '%px:   0%|          | 0/4 [00:00]')
  assert.equal(progressText(1, 4, 61_000), '%px:  25%|██▌       | 1/4 [01:01]')
  assert.equal(progressText(4, 4, 0), '%px: 100%|██████████| 4/4 [00:00]')
})

test('a bar that is not due, or never, shows nothing', () => {
  for (const afterMs of [60_000, -1]) {
    let text = ''
    const bar = new ProgressBar((piece) => (text += piece), 2, afterMs)
    bar.advance()
    bar.clear()
    bar.end()
    assert.equal(text, '')
  }
})

test('a bar that is shown gives way to output, and ends with its line', async () => {
  const pieces: string[] = []
  let seen = (): void => {}
  const first = new Promise<void>((resolve) => (seen = resolve))
  const bar = new ProgressBar(
    (piece) => {
      pieces.push(piece)
      seen()
    },
    1,
    0,
  )
  await first
  bar.clear()
  bar.advance()
  bar.end()
  assert.match(pieces[0]!, /^\r%px: {3}0%/)
  assert.match(pieces[1]!, /^\r +\r$/)
  assert.match(pieces[2]!, /^\r%px: 100%/)
  assert.equal(pieces.at(-1), '\n')
})
