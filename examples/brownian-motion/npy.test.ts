import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toNpy } from './npy.ts'

test('the header is that of a NumPy file of 64-bit integers, aligned to 64 bytes', () => {
  const bytes = toNpy(Float64Array.of(1, 2, 3))
  const headerLength = new DataView(bytes.buffer).getUint16(8, true)
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + headerLength))
  assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 78, 85, 77, 80, 89, 1, 0])
  assert.match(header, /^\{'descr': '<i8', 'fortran_order': False, 'shape': \(3,\), \} *\n$/)
  assert.equal((10 + headerLength) % 64, 0)
})

test('the values follow, exact up to 2^53 - 1', () => {
  const values = [0, 7, Number.MAX_SAFE_INTEGER]
  const bytes = toNpy(Float64Array.from(values))
  const data = new DataView(bytes.buffer, bytes.length - 24)
  assert.deepEqual(
    values.map((_, i) => Number(data.getBigInt64(8 * i, true))),
    values,
  )
})

test('what is no whole number is refused', () => {
  assert.throws(() => toNpy(Float64Array.of(0.5)), RangeError)
})
