import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typedColumn } from './typed-column.ts'

/** For each of `marks`, where it stands in both lines. */
function check(made: string, typed: string, marks: readonly string[]): void {
  for (const mark of marks) {
    const found = typedColumn(made, typed, made.indexOf(mark) + 1)
    assert.equal(found, typed.indexOf(mark) + 1, mark)
  }
}

test('a line that was not touched has its columns', () => {
  check('let a = f(1)', 'let a = f(1)', ['let', 'a', 'f', '1'])
})

test('what follows a removed type is found where it was typed', () => {
  check('let a = f(1)', 'let a: number = f(1)', ['let', 'f(', '1)'])
})

test('what stands between two removed types is found where it was typed', () => {
  const made = 'function f(first, second) { return g(first ) }'
  const typed = 'function f<T>(first: T, second: Map<string, T>): T { return g(first as T) }'
  check(made, typed, ['(first', 'second', 'return', 'g('])
})

test('what follows an insertion is found where it was typed', () => {
  check('return f(1)', 'f(1)', ['f', '1'])
  check(';A=class A { static b = f() };', 'class A { static b = f() }', ['static', 'f('])
})

test('an insertion itself is where the next thing was typed', () => {
  assert.equal(typedColumn('return f(1)', 'f(1)', 1), 1)
})

test('a line that is too long to compare keeps the column', () => {
  const long = 'ab'.repeat(1_000)
  assert.equal(typedColumn(`x${long}y`, `z${long}${long}w`, 1_000), 1_000)
})
