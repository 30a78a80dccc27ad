import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codePointsOf, codeUnitsOf } from './mod.ts'

test('a character outside the basic plane is one code point and two units', () => {
  assert.equal(codePointsOf('a🚀b', 3), 2)
  assert.equal(codeUnitsOf('a🚀b', 2), 3)
})

test('positions beyond the end are the end', () => {
  assert.equal(codePointsOf('ab', 9), 2)
  assert.equal(codeUnitsOf('ab', 9), 2)
})
