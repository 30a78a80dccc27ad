import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank, Edits } from './edits.ts'

test('blank text keeps its lines', () => {
  assert.equal(blank('a b\r\nc\u2028d'), '   \r\n \u2028 ')
})

test('a shorter replacement keeps the columns after it', () => {
  const edits = new Edits('const x = 1')
  edits.replace(0, 5, ';(')
  assert.equal(edits.apply(), ';(    x = 1')
})

test('a longer replacement keeps the lines after it', () => {
  const edits = new Edits('{\n}\nx')
  edits.replace(0, 3, 'longer')
  assert.equal(edits.apply(), 'longer\n\nx')
})

test('edits may be made in any order', () => {
  const edits = new Edits('abc')
  edits.insert(3, '!')
  edits.replace(1, 2, 'B')
  edits.insert(0, '>')
  assert.equal(edits.apply(), '>aBc!')
})

test('an insertion comes before the replacement of what it stands at', () => {
  const edits = new Edits('ab')
  edits.replace(0, 1, 'A')
  edits.insert(0, '1')
  edits.insert(0, '2')
  assert.equal(edits.apply(), '12Ab')
})
