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

test('a large answer is not kept, but that there was one', () => {
  const answers = new AnsweredRequests()
  answers.remember('small', small)
  answers.remember('large', [new Uint8Array(limits.keptAnswerBytesMax + 1)])
  answers.remember('next', small)
  assert.equal(answers.get('large'), 'lost')
  assert.equal(answers.get('next'), small)
})
