import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from './nearest.ts'

const known = ['n', 'ip', 'ping', 'ports', 'start', 'stop', 'parallel']

for (const [word, meant] of [
  ['strat', 'start'],
  ['pi', 'ip'],
  ['ipp', 'ip'],
  ['PONG', 'ping'],
  ['paralel', 'parallel'],
  ['start', 'start'],
] as const) {
  test(`'${word}' probably means '${meant}'`, () => {
    assert.equal(nearest(word, known), meant)
  })
}

for (const word of ['v', 'fo', 'xy', 'quux', '', 'x'.repeat(1_000)]) {
  test(`'${word.slice(0, 10)}' means none of them`, () => {
    assert.equal(nearest(word, known), undefined)
  })
}
