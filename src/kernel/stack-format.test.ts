import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { runInThisContext } from 'node:vm'
import { StackFormat } from './stack-format.ts'

let format: StackFormat | undefined
afterEach(() => format?.[Symbol.dispose]())

test('a stack with a cell in it ends there, without the folder of the cell', () => {
  format = new StackFormat()
  const code = 'function f() { return new TypeError("no").stack }; f()'
  const stack: unknown = runInThisContext(code, { filename: '/work/cell 3' })
  assert.equal(stack, 'TypeError: no\n    at f (cell 3:1:23)\n    at cell 3:1:52')
})

test('a trace of the console says so, with its message', () => {
  format = new StackFormat()
  const code = 'const t = { name: "Trace", message: "here" }; Error.captureStackTrace(t); t.stack'
  const stack: unknown = runInThisContext(`(() => { ${code.replace('; t.', '; return t.')} })()`, {
    filename: '/work/cell 3',
  })
  assert.match(String(stack), /^Trace: here\n {4}at /)
})

test('a stack without a cell is what it is without the format', () => {
  const stackOf = () => new Error('no').stack
  const before = stackOf()
  format = new StackFormat()
  assert.equal(stackOf()?.split('\n').length, before?.split('\n').length)
  assert.match(stackOf() ?? '', /^Error: no\n {4}at stackOf \(file:/)
})

test('an error that cannot say what it is has a stack all the same', () => {
  format = new StackFormat()
  const error = Object.create({
    toString() {
      throw new Error()
    },
  }) as { stack?: string }
  Error.captureStackTrace(error)
  assert.match(error.stack ?? '', /^Error\n {4}at /)
})

test('what formatted stacks before does so again afterwards', () => {
  const before = Error.prepareStackTrace
  new StackFormat()[Symbol.dispose]()
  assert.equal(Error.prepareStackTrace, before)
})
