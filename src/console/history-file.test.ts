import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { HistoryFile } from './history-file.ts'

function folder(context: { after(end: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-history-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('cells of any number of lines come back in the next session', (t) => {
  const path = join(folder(t), 'profile', 'history.jsonl')
  new HistoryFile(path).append('a\nb')
  new HistoryFile(path).append('c')
  assert.deepEqual(new HistoryFile(path).read(), ['a\nb', 'c'])
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a damaged line is left out, the others stay', (t) => {
  const path = join(folder(t), 'history.jsonl')
  new HistoryFile(path).append('a')
  appendFileSync(path, '"cut sho\n{}\n')
  new HistoryFile(path).append('b')
  assert.deepEqual(new HistoryFile(path).read(), ['a', 'b'])
})

test('a file that has grown far beyond its bound is cut', (t) => {
  const path = join(folder(t), 'history.jsonl')
  const max = limits.consoleHistoryMax
  writeFileSync(path, Array.from({ length: 2 * max + 1 }, (_, i) => `"${i}"\n`).join(''))
  assert.equal(new HistoryFile(path).read().length, max)
  assert.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, max)
})

test('where nothing can be written, nothing is remembered', (t) => {
  const file = join(folder(t), 'file')
  writeFileSync(file, '')
  const history = new HistoryFile(join(file, 'history.jsonl'))
  history.append('a')
  assert.deepEqual(history.read(), [])
})
