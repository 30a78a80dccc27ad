import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CellColumns } from './cell-columns.ts'

test('a position in the main script is corrected', () => {
  const columns = new CellColumns()
  columns.remember('cell 1', 'f()\nlet a: T = g()', 'f()\nlet a = g()', 'f()\n;   a = g()')
  assert.equal(columns.correct('cell 1:2:9'), 'cell 1:2:12')
})

test('a position in a function is corrected by the text without types', () => {
  const columns = new CellColumns()
  columns.remember('cell 1', 'f<T>(a: T) { x }', 'f(a) { x }', '          ')
  assert.equal(columns.correct('cell 1:1:8'), 'cell 1:1:14')
})

test('the position of an unknown cell, or line, is left alone', () => {
  const columns = new CellColumns()
  columns.remember('cell 1', 'a as b', 'a', 'a')
  assert.equal(columns.correct('cell 2:1:1'), 'cell 2:1:1')
  assert.equal(columns.correct('cell 1:9:1'), 'cell 1:9:1')
})

test('a cell that was not changed is not kept, and replaces one of its name', () => {
  const columns = new CellColumns()
  columns.remember('cell', 'abc: T', 'abc', 'return abc')
  columns.remember('cell', 'def', 'def', 'def')
  assert.equal(columns.correct('cell:1:8'), 'cell:1:8')
})

test('old cells are forgotten', () => {
  const columns = new CellColumns()
  for (let i = 0; i < 1_000; i++) columns.remember(`cell ${i}`, 'a: T b', 'a b', 'a b')
  assert.equal(columns.correct('cell 0:1:3'), 'cell 0:1:3')
  assert.equal(columns.correct('cell 999:1:3'), 'cell 999:1:6')
})
