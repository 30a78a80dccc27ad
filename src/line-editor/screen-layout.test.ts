import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { columnsOf, layOut, textWidth } from './mod.ts'

function plain(text: string, cursor: number, columns: number) {
  return layOut(
    {
      prompt: [{ text: '> ', sgr: '32' }],
      continuation: [{ text: '. ', sgr: '' }],
      spans: [{ text, sgr: '' }],
      cursor,
    },
    columns,
  )
}

const rowsOf = (text: string, columns: number) =>
  plain(text, 0, columns).rows.map(stripVTControlCharacters)

test('lines have their prompts, and break where the screen ends', () => {
  assert.deepEqual(rowsOf('abcdef\ngh', 6), ['> abcd', 'ef', '. gh'])
})

test('a wide character that has no room goes to the next row', () => {
  assert.deepEqual(rowsOf('abc日本', 6), ['> abc', '日本'])
})

test('the cursor behind a row that is full stands on the next', () => {
  const { rows, cursorRow, cursorColumn } = plain('abcd', 4, 6)
  assert.deepEqual([rows.length, cursorRow, cursorColumn], [2, 1, 0])
})

test('the cursor counts columns, not characters', () => {
  const { cursorRow, cursorColumn } = plain('日本\n👩‍👩‍👧x', '日本\n👩‍👩‍👧'.length, 20)
  assert.deepEqual([cursorRow, cursorColumn], [1, 4])
})

test('looks end with their row and begin anew on the next', () => {
  const layout = layOut(
    { prompt: [], continuation: [], spans: [{ text: 'ab', sgr: '31' }], cursor: 0 },
    1,
  )
  assert.deepEqual(layout.rows, ['\x1b[0;31ma\x1b[0m', '\x1b[0;31mb\x1b[0m'])
})

test('control characters are shown, not sent', () => {
  assert.deepEqual(rowsOf('a\x1b[2J\x07\tb', 40), ['> a^[[2J^G    b'])
})

test('no row is wider than the screen, and the cursor is on it, whatever is typed', () => {
  const piece = fc.constantFrom('a', '日', '🙂', 'e\u0301', '\n', '\t', '\x1b', '👩‍👩‍👧', ' ')
  fc.assert(
    fc.property(
      fc.array(piece),
      fc.integer({ min: 4, max: 30 }),
      fc.nat(),
      (pieces, columns, at) => {
        const text = pieces.join('')
        const layout = plain(text, Math.min(at, text.length), columns)
        for (const row of layout.rows) {
          assert.ok(textWidth(stripVTControlCharacters(row)) <= columns)
        }
        assert.ok(layout.cursorRow < layout.rows.length && layout.cursorColumn < columns)
      },
    ),
  )
})

test('a menu has columns that fit, filled from top to bottom', () => {
  const { rows, hidden } = columnsOf(['a', 'bb', 'c', 'd', 'e'], 1, 8, 10)
  const shown = rows.map((row) => row.map(({ text, selected }) => (selected ? `[${text}]` : text)))
  assert.deepEqual(shown, [['a   ', 'd   '], ['[bb  ]', 'e   '], ['c   ']])
  assert.equal(hidden, 0)
})

test('of a menu that is too tall, the rows around the selected one are shown', () => {
  const names = Array.from({ length: 50 }, (_, i) => `name${i}`)
  const { rows, hidden } = columnsOf(names, 30, 10, 5)
  assert.equal(rows.length, 5)
  assert.ok(rows.flat().some(({ selected }) => selected))
  assert.equal(hidden, 45)
})
