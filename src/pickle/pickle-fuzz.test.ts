import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { MalformedError } from '../serialize/mod.ts'
import { anyValue, asPythonKeeps } from './any-value.test.ts'
import { readPythonValue, unpackPythonCall, writePythonValue } from './mod.ts'
import { opcodes } from './opcodes.ts'

const recorded: Uint8Array[][] = ['numpy-1', 'numpy-2'].flatMap((name) => {
  const url = new URL(`../../test/fixtures/pickles/${name}.json`, import.meta.url)
  const records = JSON.parse(readFileSync(url, 'utf8')) as Record<string, Record<string, string[]>>
  return Object.values(records)
    .flatMap((forms) => Object.values(forms))
    .map((frames) => frames.map((frame) => Uint8Array.from(Buffer.from(frame, 'hex'))))
})

/** Garbage may be a value by chance; what it must not do is throw anything else. */
function survives(frames: Uint8Array[]): void {
  for (const read of [readPythonValue, unpackPythonCall]) {
    try {
      read(frames)
    } catch (thrown) {
      assert.ok(thrown instanceof MalformedError, `threw ${String(thrown)}`)
    }
  }
}

test('whatever can be made of plain values is read as it was written', () => {
  fc.assert(
    fc.property(anyValue, (sent) => {
      const kept = asPythonKeeps(sent)
      assert.deepStrictEqual(readPythonValue(writePythonValue(sent)).value, kept)
    }),
    { numRuns: 2_000 },
  )
})

test('random bytes are refused, and nothing else happens', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1 }), survives), {
    numRuns: 5_000,
  })
})

test('random opcodes are refused, and nothing else happens', () => {
  const opcode = fc.constantFrom(...Object.values(opcodes))
  const piece = fc.oneof(
    opcode.map((code) => [code]),
    fc.tuple(opcode, fc.nat(3)).map(([code, operand]) => [code, operand]),
    fc
      .constantFrom('numpy\nndarray\n', 'builtins\nset\n', 'datetime\ndatetime\n', '12\n', 'a')
      .map((text) => [...Buffer.from(text)]),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      survives([Uint8Array.from([...pieces.flat(), opcodes.stop])])
    }),
    { numRuns: 10_000 },
  )
})

test('what Python wrote, changed at random, is refused or read as something else', () => {
  const change = fc.record({ frame: fc.nat(), at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() })
  fc.assert(
    fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 4 }), (which, changes) => {
      const frames = recorded[which % recorded.length]!.map((frame) => frame.slice())
      for (const { frame: index, at, byte, cut } of changes) {
        const frame = frames[index % frames.length]!
        if (frame.length === 0) continue
        if (cut) frames[index % frames.length] = frame.slice(0, at % frame.length)
        else frame[at % frame.length] = byte
      }
      survives(frames)
    }),
    { numRuns: 5_000 },
  )
})
