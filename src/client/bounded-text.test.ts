import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedText } from './bounded-text.ts'

function textOf(lengthMax: number, ...pieces: string[]): string {
  const text = new BoundedText(lengthMax)
  for (const piece of pieces) text.append(piece)
  return text.toString()
}

test('pieces are joined', () => {
  assert.equal(textOf(100, 'a', 'b\n', 'c'), 'ab\nc')
})

test('when it becomes too long the oldest pieces go', () => {
  assert.equal(textOf(4, 'aa', 'bb', 'cc'), 'bbcc')
})

test('a piece that is too long by itself keeps its end', () => {
  assert.equal(textOf(3, 'abcdef'), 'def')
})

test('a carriage return starts its line again', () => {
  assert.equal(textOf(100, 'done\n 10%\r 50%', '\r100%\n'), 'done\n100%\n')
})

test('a Windows line end is a line end', () => {
  assert.equal(textOf(100, 'a\r\nb\r\n'), 'a\nb\n')
})

test('a carriage return at the end waits for what comes', () => {
  const text = new BoundedText(100)
  text.append('10%\r')
  assert.equal(text.toString(), '10%\r')
  text.append('20%')
  assert.equal(text.toString(), '20%')
})

test('text can be added after it was read', () => {
  const text = new BoundedText(100)
  text.append('a')
  assert.equal(text.toString(), 'a')
  text.append('b')
  assert.equal(text.toString(), 'ab')
})

test('what was read goes piece by piece, as what was not', () => {
  const text = new BoundedText(4)
  text.append('aa')
  text.append('bb')
  assert.equal(text.toString(), 'aabb')
  text.append('c')
  assert.equal(text.toString(), 'bbc')
})
