import fc from 'fast-check'

const scalar = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
)

/** Whatever can be made of values that Python has, too. */
export const anyValue: fc.Arbitrary<unknown> = fc.anything({
  values: [
    scalar,
    fc.date({
      noInvalidDate: true,
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
    }),
    fc.uint8Array({ maxLength: 3_000 }),
    fc.float64Array(),
    fc.int16Array({ maxLength: 1_500 }),
    fc.bigInt64Array(),
  ],
  key: fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'a', 'b'),
  ),
  maxDepth: 4,
})

/** What Python does not tell apart: integers by their size, and -0 among them. */
export function asPythonKeeps(sent: unknown): unknown {
  if (typeof sent === 'bigint') {
    return Number.isSafeInteger(Number(sent)) ? Number(sent) : sent
  }
  if (Array.isArray(sent)) return sent.map(asPythonKeeps)
  if (
    typeof sent !== 'object' ||
    sent === null ||
    Object.getPrototypeOf(sent) !== Object.prototype
  ) {
    return sent
  }
  const copy = {}
  for (const [key, inner] of Object.entries(sent)) {
    const options = { enumerable: true, writable: true, configurable: true }
    Object.defineProperty(copy, key, { value: asPythonKeeps(inner), ...options })
  }
  return copy
}
