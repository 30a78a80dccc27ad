import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { AnsweredRequests } from './answered-requests.ts'

const small = [new Uint8Array(8)]

test('an answer is there again, and a request without one is not known', () => {
  const answers = new AnsweredRequests()
  answers.remember('a', small)
  assert.equal(answers.get('a'), small)
  assert.equal(answers.get('b'), undefined)
})

test('the oldest answers are forgotten', () => {
  const answers = new AnsweredRequests()
  for (let i = 0; i <= limits.keptAnswersMax; i++) answers.remember(String(i), small)
  assert.equal(answers.get('0'), undefined)
  assert.equal(answers.get('1'), small)
})

test('a large answer is not kept', () => {
  const answers = new AnsweredRequests()
  answers.remember('large', [new Uint8Array(limits.keptAnswerBytesMax + 1)])
  answers.remember('next', small)
  assert.equal(answers.get('large'), undefined)
  assert.equal(answers.get('next'), small)
})

test('a request that comes anew has no answer any more, and its bytes count no more', () => {
  const answers = new AnsweredRequests()
  const half = [new Uint8Array(limits.keptAnswerBytesMax / 2)]
  answers.remember('a', half)
  answers.remember('b', half)
  answers.forget('b')
  answers.remember('c', half)
  assert.equal(answers.get('b'), undefined)
  assert.equal(answers.get('a'), half)
  assert.equal(answers.get('c'), half)
})
