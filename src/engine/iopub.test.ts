import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { type IoPub, RequestOutput } from './iopub.ts'

/** An output, and the texts that it publishes. */
function output(): { readonly output: RequestOutput; readonly texts: [string, string][] } {
  const texts: [string, string][] = []
  const iopub = {
    publish: (_topic: string, _spec: unknown, { name, text }: { name: string; text: string }) => {
      texts.push([name, text])
    },
  }
  return { output: new RequestOutput(iopub as unknown as IoPub, {} as never), texts }
}

test('a long text is sent in pieces, and no character is cut in two', () => {
  const { output: one, texts } = output()
  const text = `${'x'.repeat(limits.streamCharsMax - 1)}\u{1f600}${'y'.repeat(10)}`
  one.stream('stdout', text)
  assert.equal(texts.length, 2)
  for (const [, piece] of texts) {
    assert.ok(piece.length <= limits.streamCharsMax)
    assert.doesNotMatch(piece, /[\ud800-\udbff]$/)
  }
  assert.equal(texts.map(([, piece]) => piece).join(''), text)
})

test('a request that prints without end is cut short, and that is said once', () => {
  const { output: one, texts } = output()
  const piece = 'x'.repeat(limits.streamCharsMax)
  const pieces = limits.requestOutputCharsMax / limits.streamCharsMax
  for (let i = 0; i < pieces + 5; i++) one.stream('stdout', piece)
  assert.equal(texts.length, pieces + 1)
  assert.match(texts.at(-1)!.join(), /^stderr,\n\[nothing of what follows is shown/)
  assert.equal(one.count, pieces + 1)
})
