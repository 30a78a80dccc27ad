import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadCurve } from './load-curve.ts'

/** What a file of `lib` loads, itself first, without anybody asking for more. */
function loadedWith(url: URL, seen: Map<string, string> = new Map()): Map<string, string> {
  if (seen.has(url.href)) return seen
  const text = readFileSync(url, 'utf8')
  seen.set(url.href, text)
  for (const [, path] of text.matchAll(/(?:from|^import) "(\.[^"]+)"/gm)) {
    loadedWith(new URL(path!, url), seen)
  }
  return seen
}

test('who does not encrypt loads no cryptography', () => {
  const files = loadedWith(new URL('../../../lib/main/zmq.js', import.meta.url))
  assert.match([...files.keys()].join(), /lib\/zmtp\/mod\.js/)
  for (const [name, text] of files) assert.doesNotMatch(text, /from "libsodium/, name)
})

test('it is loaded once', () => {
  assert.equal(loadCurve(), loadCurve())
})
