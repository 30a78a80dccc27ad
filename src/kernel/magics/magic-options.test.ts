import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeOptions,
  type MagicOption,
  optionNames,
  parseMagicOptions,
} from './magic-options.ts'
import { splitWords } from './split-words.ts'

const options: readonly MagicOption[] = [
  { names: ['--targets', '-t'], value: 'ENGINES', help: 'where' },
  { names: ['--block', '-b'], help: 'wait' },
  { names: ['-q'], help: 'say nothing' },
]
const parse = (line: string) => {
  const { options: given, words } = parseMagicOptions('px', line, options)
  return { ...Object.fromEntries(given), words }
}

test('an option may be written in every usual way', () => {
  for (const line of ['--targets 1', '--targets=1', '-t 1', '-t1']) {
    assert.deepEqual(parse(line), { targets: '1', words: [] }, line)
  }
  assert.deepEqual(parse('-bq a'), { block: '', q: '', words: ['a'] })
  assert.deepEqual(parse('-- -t'), { words: ['-t'] })
})

test('a negative number is a word, or a value', () => {
  assert.deepEqual(parse('--targets -1 -2'), { targets: '-1', words: ['-2'] })
})

test('an option that does not exist is refused with the nearest one', () => {
  assert.throws(
    () => parse('--target 1'),
    /^UsageError: %px: unrecognized arguments: --target\. Did you mean --targets\?/,
  )
  assert.throws(() => parse('--targets'), /--targets needs ENGINES/)
  assert.throws(() => parse('--block=1'), /--block takes no value/)
})

test('options are explained, and offered for completion', () => {
  assert.match(describeOptions(options), /^ {2}-t ENGINES, --targets ENGINES\n {6}where\n/)
  assert.deepEqual(optionNames(options), ['--targets', '--block'])
})

test('quotes keep spaces, and backslashes of Windows paths are themselves', () => {
  assert.deepEqual(splitWords(`a "b c" 'd "e"' f\\ g "" C:\\dir\\x`), [
    'a',
    'b c',
    'd "e"',
    'f g',
    '',
    'C:\\dir\\x',
  ])
})
