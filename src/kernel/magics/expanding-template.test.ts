import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { expandingTemplate } from './expanding-template.ts'

const expand = (text: string, names: Record<string, unknown> = {}): unknown =>
  runInNewContext(expandingTemplate(text), names)

const braces = (text: string): string => `$\{${text}}`

test('an expression in braces stands for its value', () => {
  assert.equal(expand(`echo ${braces('n')} ${braces('n * 2')}`, { n: 3 }), 'echo 3 6')
  assert.equal(expand(braces('({ a: 1 }).a')), '1')
})

test("what is the shell's stays as it is", () => {
  for (const text of [
    '$HOME',
    braces('HOME'),
    braces('HOME:-x'),
    braces('#list'),
    '`date`',
    'a\\b',
    '$(ls)',
  ]) {
    assert.equal(expand(text), text)
  }
})

test('braces that are not closed are text', () => {
  assert.equal(expand('echo ${a'), 'echo ${a')
})
