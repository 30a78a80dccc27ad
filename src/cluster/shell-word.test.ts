import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shellWord } from './shell-word.ts'

const words: readonly (readonly [word: string, unix: string, windows: string])[] = [
  ['/home/jo/.ipython', '/home/jo/.ipython', '/home/jo/.ipython'],
  ['C:\\Users\\jo', 'C:\\Users\\jo', 'C:\\Users\\jo'],
  ['/p/größe', '/p/größe', '/p/größe'],
  ['/my data/x', "'/my data/x'", '"/my data/x"'],
  ["it's $5", "'it'\\''s $5'", '"it\'s $5"'],
]
for (const [word, unix, windows] of words) {
  test(`${word} is typed so that a shell takes it as it is`, () => {
    assert.equal(shellWord(word, 'linux'), unix)
    assert.equal(shellWord(word, 'win32'), windows)
  })
}
