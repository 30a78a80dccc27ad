import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hex } from '../base/mod.ts'
import { ByteMap } from './byte-map.ts'

const key = fc.uint8Array({ maxLength: 2, max: 3 })
const step = fc.tuple(fc.constantFrom('set', 'delete', 'get'), key, fc.nat())

test('it agrees with a map of strings, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(step), (seed, steps) => {
      const bytes = new ByteMap<number>(seed)
      const strings = new Map<string, number>()
      for (const [what, key, value] of steps) {
        if (what === 'set') {
          bytes.set(key, value)
          strings.set(hex(key), value)
        } else if (what === 'delete') {
          assert.equal(bytes.delete(key), strings.delete(hex(key)))
        }
        assert.equal(bytes.get(key), strings.get(hex(key)))
      }
    }),
  )
})

test('a key that is written to afterwards is still found by what it was', () => {
  const map = new ByteMap<string>(7)
  const key = Uint8Array.of(1, 2)
  map.set(key, 'here')
  key[0] = 9
  assert.equal(map.get(Uint8Array.of(1, 2)), 'here')
  assert.equal(map.get(key), undefined)
})
