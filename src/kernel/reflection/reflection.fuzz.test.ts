import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mayHaveMagics, transformMagics } from '../magics/find-magics.ts'
import { UsageError } from '../magics/usage-error.ts'
import { chainBefore } from './access-chain.ts'
import { scanCode } from './scan-code.ts'

const piece = fc.constantFrom(
  ...'a b1 % %px %%px ! !! !ls ? ?? x? . ?. [ ] ( ) { } ${ ` \' " / // /* */ \\ = => ; , : new \n'.split(
    ' ',
  ),
  '\n',
  ' ',
  "['k']",
  '[0]',
)
const code = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

test('any text can be scanned, up to any place', () => {
  fc.assert(
    fc.property(code, fc.nat(200), (text, at) => {
      const { kind, start, open } = scanCode(text, Math.min(at, text.length))
      assert.ok(start <= at && open.every((bracket) => bracket.at < text.length))
      assert.ok(kind !== 'string' || /["']/.test(text[start]!))
    }),
    { numRuns: 500 },
  )
})

test('any text has a chain before any place, or none', () => {
  fc.assert(
    fc.property(code, fc.nat(200), (text, at) => {
      const chain = chainBefore(text, Math.min(at, text.length))
      assert.ok(chain === undefined || chain.start <= at)
    }),
    { numRuns: 500 },
  )
})

test('any text is transformed, keeps its lines, or is refused with our own error', () => {
  const syntax = { line: ['px'], cell: ['px'], expands: () => false, isName: () => false }
  fc.assert(
    fc.property(code, (text) => {
      let out: string
      try {
        out = transformMagics(text, syntax)
      } catch (error) {
        assert.ok(error instanceof UsageError)
        return
      }
      if (!/^\s*%%/.test(text)) assert.equal(out.split('\n').length, text.split('\n').length)
      if (!mayHaveMagics(text)) assert.equal(out, text)
    }),
    { numRuns: 500 },
  )
})
