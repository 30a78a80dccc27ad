import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readPythonFile } from './python-file.ts'
import { type Literal, readLiteral } from './python-literal.ts'

/** What Python's `repr` would write. */
function repr(value: Literal): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') {
    return `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  const entries = Object.entries(value).map(([key, item]) => `${repr(key)}: ${repr(item)}`)
  return `{${entries.join(', ')}}`
}

const literal = fc.letrec<{ value: Literal }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

test('whatever Python writes as a literal is read as it was', () => {
  fc.assert(
    fc.property(literal, (value) => {
      // An empty set and an empty dict look alike.
      assert.deepEqual(readLiteral(repr(value)), value)
    }),
    { numRuns: 500 },
  )
})

const fragment = fc.constantFrom(
  'c.A.b = ',
  "'",
  '"',
  "'''",
  '\\',
  '\n',
  '  ',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ':',
  ',',
  '#',
  '1',
  ';',
  'if x:',
  'r',
  'c.IPEngine.id',
)

test('no text breaks the reader, and every setting is on a line of the text', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fragment, fc.string()), { maxLength: 60 }), (parts) => {
      const text = parts.join('')
      const { settings } = readPythonFile(text, 'x.py')
      const lines = text.split('\n').length
      for (const { place } of settings) assert.ok(place.line! >= 1 && place.line! <= lines)
    }),
    { numRuns: 1_000 },
  )
})
