/**
 * Whole numbers as a NumPy file of 64-bit integers: `numpy.load(file)` reads it.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @throws {RangeError} for a value that is not a whole number
 */
export function toNpy(values: Float64Array): Uint8Array {
  const description = `{'descr': '<i8', 'fortran_order': False, 'shape': (${values.length},), }`
  const fixed = 10
  // The data starts at a multiple of 64 bytes, after a line feed.
  const headerLength = Math.ceil((fixed + description.length + 1) / 64) * 64 - fixed
  const bytes = new Uint8Array(fixed + headerLength + 8 * values.length)
  const view = new DataView(bytes.buffer)
  const header = `\x93NUMPY\x01\x00`
  for (let i = 0; i < header.length; i++) bytes[i] = header.charCodeAt(i)
  view.setUint16(8, headerLength, true)
  bytes.set(new TextEncoder().encode(`${description.padEnd(headerLength - 1)}\n`), fixed)
  values.forEach((value, i) => {
    view.setBigInt64(fixed + headerLength + 8 * i, BigInt(value), true)
  })
  return bytes
}
