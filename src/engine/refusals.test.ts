import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '../base/mod.ts'
import { Refusals } from './refusals.ts'

test('the same refusal is logged once, another one too', () => {
  const lines: string[] = []
  const refusals = new Refusals({ ...silentLogger, warn: (line) => lines.push(line) })
  for (let i = 0; i < 1_000; i++) refusals.report('a request', new Error('no key'))
  refusals.report('a request', new Error('no delimiter'))
  assert.deepEqual(lines, [
    'a request was refused: no key (further ones are dropped without a word)',
    'a request was refused: no delimiter (further ones are dropped without a word)',
  ])
})
