import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { Output } from '../engine/mod.ts'
import { NodeEvaluator } from './evaluator.ts'
import { mayHaveMagics } from './magics/find-magics.ts'
import type { OutputStreams } from './stdio.ts'

const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
const streams = { stdout: sink(), stderr: sink() } as unknown as OutputStreams
const evaluator = new NodeEvaluator({ streams })
after(() => evaluator[Symbol.dispose]())

const output: Output = {
  stream() {},
  executeInput() {},
  executeResult(data) {
    assert.equal(typeof JSON.stringify(data), 'string')
  },
  display() {},
  clearOutput() {},
  input: async () => '',
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is source
// Nothing that loops for ever, ends the process, or takes what the test itself needs.
const pieces = (
  'let const var class function async await yield import export default from as type enum ' +
  'interface abstract declare namespace satisfies extends implements static get set new typeof ' +
  'void in of if else switch case throw try catch finally a b c x 0 1 -1 1n "s" `t` `${a}` /r/g ' +
  '{ } ( ) [ ] < > = == => ? : , ; . ... ?. ?? ! & | + - * ** @ # #p $ _ \\ \n \t // /* */ ' +
  "'use strict'; 'node:path' <T> <string>(x) : number as any (a) => a {a:1} [b]"
).split(' ')
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: it is source

/** A line that begins with `!` would run a command of the system: that is not to be made up. */
function isHarmless(code: string): boolean {
  return !mayHaveMagics(code)
}

/** Settles with an outcome, or, when user code awaits for ever, after an interrupt. */
async function outcomeOf(code: string): Promise<string> {
  const request = { code, silent: false, storeHistory: true, userExpressions: {} }
  const running = evaluator.execute(request, output)
  const timer = setInterval(() => evaluator.interrupt(), 50)
  try {
    return (await running).status
  } finally {
    clearInterval(timer)
  }
}

test('no sequence of pieces of source makes the evaluator fail', async () => {
  const source = fc.array(fc.constantFrom(...pieces), { maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(source, fc.constantFrom(' ', ''), async (chosen, between) => {
      fc.pre(isHarmless(chosen.join(between)))
      assert.match(await outcomeOf(chosen.join(between)), /^(ok|error)$/)
    }),
    { numRuns: 3_000 },
  )
  assert.equal(await outcomeOf('1 + 1'), 'ok')
})

test('no text makes the evaluator fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 50 }), async (text) => {
      fc.pre(isHarmless(text))
      assert.match(await outcomeOf(text), /^(ok|error)$/)
    }),
    { numRuns: 1_000 },
  )
})

test('a text that nests too deeply fails, and the next cell runs', async () => {
  for (const piece of ['(', '[', '{', '`$' + '{', 'a=>', '-', 'await ', 'function f(){']) {
    assert.match(await outcomeOf(piece.repeat(20_000)), /^(ok|error)$/)
  }
  assert.equal(await outcomeOf('1 + 1'), 'ok')
})
