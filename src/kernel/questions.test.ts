import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Questions } from './questions.ts'

test('an answer goes to the question that it is for', async () => {
  const questions = new Questions()
  const first = questions.open()
  const second = questions.open()
  questions.close(second.id, { line: 'b' })
  questions.close(first.id, { line: 'a' })
  assert.deepEqual(await Promise.all([first.answer, second.answer]), ['a', 'b'])
})

test('why there is no answer is an error of that name', async () => {
  const questions = new Questions()
  const { id, answer } = questions.open()
  questions.close(id, { name: 'StdinNotImplementedError', message: 'nobody' })
  await assert.rejects(answer, { name: 'StdinNotImplementedError', message: 'nobody' })
})

test('an interrupt ends every wait, and an answer that comes later is nobody’s', async () => {
  const questions = new Questions()
  const { id, answer } = questions.open()
  questions.abandonAll(new RangeError('over'))
  questions.close(id, { line: 'late' })
  await assert.rejects(answer, RangeError)
})
