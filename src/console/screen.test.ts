import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspectedName, wantsToLeave } from './own-commands.ts'
import { PromptPainter } from './prompt-painter.ts'
import { TextTracker } from './text-tracker.ts'

const layout = (rows: string[], cursorRow: number, cursorColumn: number) => ({
  rows,
  cursorRow,
  cursorColumn,
})

test('each drawing begins where the last one did', () => {
  const painter = new PromptPainter()
  assert.equal(painter.paint(layout(['a', 'b'], 1, 1), [], 24), '\x1b[?25la\r\nb\r\x1b[1C\x1b[?25h')
  assert.equal(
    painter.paint(layout(['a'], 0, 0), ['menu'], 24),
    '\x1b[?25l\r\x1b[1A\x1b[Ka\r\n\x1b[Kmenu\x1b[1A\r\x1b[?25h',
  )
  assert.equal(painter.finish(layout(['a'], 0, 0)), '\r\x1b[Ka\r\n\x1b[J\x1b[A\r\n')
  assert.equal(painter.erase(), '')
})

test('typing in the first row of the screen clears nothing from there on', () => {
  const painter = new PromptPainter()
  painter.paint(layout(['a'], 0, 1), [], 24)
  assert.ok(!painter.paint(layout(['ab'], 0, 2), [], 24).includes('\x1b[J'))
})

test('a row that is full is not followed by an empty one', () => {
  assert.equal(new PromptPainter().finish(layout(['full', ''], 1, 0)), 'full\r\n')
})

test('of text that is taller than the screen, the part around the cursor is drawn', () => {
  const rows = Array.from({ length: 50 }, (_, i) => `row${i}`)
  const text = new PromptPainter().paint(layout(rows, 30, 0), [], 10)
  assert.match(text, /row25\r\n.*row34/s)
  assert.doesNotMatch(text, /row24|row35/)
})

test('after the terminal was made narrower, more rows are taken back', () => {
  const painter = new PromptPainter()
  painter.paint(layout(['x'.repeat(40), ''], 1, 0), [], 24)
  painter.resized(20)
  assert.equal(painter.erase(), '\r\x1b[2A\x1b[J')
})

test('rows are counted through line breaks, wide characters, colours and moves', () => {
  const after = (text: string): [number, number] => {
    const tracker = new TextTracker(10)
    tracker.write(text)
    return [tracker.row, tracker.column]
  }
  assert.deepEqual(after('abc\ndef'), [1, 3])
  assert.deepEqual(after('x'.repeat(10)), [0, 10])
  assert.deepEqual(after('x'.repeat(11)), [1, 1])
  assert.deepEqual(after('日本日本日本'), [1, 2])
  assert.deepEqual(after('\x1b[31mab\x1b[0m\r\x1b]0;title\x07c'), [0, 1])
  assert.deepEqual(after('a\n\n\x1b[2Ab\tc'), [0, 9])
})

test('a name with question marks is asked about, code is not', () => {
  assert.deepEqual(inspectedName('rc.ids ?'), { code: 'rc.ids', detail: 0 })
  assert.deepEqual(inspectedName('list[0].name??'), { code: 'list[0].name', detail: 1 })
  assert.deepEqual(inspectedName('?größe'), { code: 'größe', detail: 0 })
  for (const code of ['a ? b : c', 'f()?', 'a?.b', '?', 'a +b?']) {
    assert.equal(inspectedName(code), undefined, code)
  }
})

test('what people type to leave is known', () => {
  for (const code of ['exit', 'quit()', '.exit', ' exit; ']) assert.ok(wantsToLeave(code), code)
  for (const code of ['exit(1)', 'process.exit()', 'exit = 1']) assert.ok(!wantsToLeave(code), code)
})
