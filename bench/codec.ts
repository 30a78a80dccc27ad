/**
 * `node dist/bench/codec.js`: what encoding and decoding a value costs, beside `v8.serialize`,
 * msgpackr and JSON. The codec is not a door of the package, so this reads the compiled folders
 * beside it. Times are the best of several rounds: ratios mean something, figures little.
 */
import { types } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { Packr } from 'msgpackr'
import type * as Functions from '../src/functions/mod.ts'
import type * as Serialize from '../src/serialize/mod.ts'

const dist = new URL('../', import.meta.url)
const { Codec, packFunction } = (await import(
  new URL('serialize/mod.js', dist).href
)) as typeof Serialize
const { inspectorFunctionCodec } = (await import(
  new URL('functions/mod.js', dist).href
)) as typeof Functions

interface Contestant {
  readonly name: string
  encode(value: unknown): unknown
  decode(encoded: never): unknown
}

const codec = new Codec(inspectorFunctionCodec())
const packr = new Packr({ moreTypes: true })
const packrWithReferences = new Packr({ structuredClone: true })

const contestants: readonly Contestant[] = [
  {
    name: 'iparallel',
    encode: (value) => codec.encode(value),
    decode: (frames: Uint8Array[]) => codec.decode(frames).value,
  },
  { name: 'v8', encode: serialize, decode: (bytes: Buffer): unknown => deserialize(bytes) },
  {
    name: 'msgpackr',
    encode: (value) => packr.pack(value),
    decode: (bytes: Buffer): unknown => packr.unpack(bytes),
  },
  {
    name: 'msgpackr, references',
    encode: (value) => packrWithReferences.pack(value),
    decode: (bytes: Buffer): unknown => packrWithReferences.unpack(bytes),
  },
  { name: 'JSON', encode: JSON.stringify, decode: (text: string): unknown => JSON.parse(text) },
]

const values: Readonly<Record<string, unknown>> = {
  'a number': 42,
  'arguments [1, 2]': [1, 2],
  'small object': {
    id: 7,
    name: 'alpha',
    values: [1, 2, 3],
    nested: { ok: true, when: null },
  },
  '10,000 records': Array.from({ length: 10_000 }, (_, i) => ({
    id: i,
    name: `name ${i}`,
    x: i * 1.5,
    tags: ['a', 'b'],
    ok: i % 2 === 0,
  })),
  '100,000 doubles in an array': Array.from({ length: 100_000 }, (_, i) => i * 1.1 + 0.5),
  '64 MB Float64Array': new Float64Array(8_388_608),
}

/** Microseconds of one call, the best of several rounds of about 20 ms. */
function measure(work: () => unknown): number {
  work()
  const once = elapsedUs(work, 1)
  const calls = Math.max(1, Math.min(20_000, Math.round(20_000 / once)))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) best = Math.min(best, elapsedUs(work, calls) / calls)
  return best
}

function elapsedUs(work: () => unknown, calls: number): number {
  const start = process.hrtime.bigint()
  for (let i = 0; i < calls; i++) work()
  return Number(process.hrtime.bigint() - start) / 1_000
}

function shown(us: number): string {
  return us < 1_000 ? `${us.toFixed(us < 10 ? 2 : 0)} µs` : `${(us / 1_000).toFixed(1)} ms`
}

function row(what: string, cells: readonly string[]): void {
  console.log(what.padEnd(30) + cells.map((cell) => cell.padStart(23)).join(''))
}

console.log(`Node ${process.version}: encode / decode\n`)
row(
  '',
  contestants.map(({ name }) => name),
)
for (const [what, value] of Object.entries(values)) {
  row(
    what,
    contestants.map(({ name, encode, decode }) => {
      // As text, 64 MB of doubles would be an object with eight million keys.
      if (name === 'JSON' && types.isTypedArray(value)) return '-'
      const encoded = encode(value) as never
      return `${shown(measure(() => encode(value)))} / ${shown(measure(() => decode(encoded)))}`
    }),
  )
}

const factor = 3
const functions: Readonly<Record<string, (x: number) => number>> = {
  'a function without captures': (x) => x * 2,
  'a function that uses Math': (x) => Math.sqrt(x),
  'a function with a capture': (x) => x * factor,
}
console.log('')
for (const [what, fn] of Object.entries(functions)) {
  const frames = packFunction(codec, fn)
  const encode = measure(() => packFunction(codec, fn))
  row(what, [`${shown(encode)} / ${shown(measure(() => codec.decode(frames)))}`])
}
let fresh = 0
const unseen = measure(() =>
  packFunction(codec, new Function('x', `return x + ${fresh++}`) as never),
)
row('a function never seen before', [shown(unseen)])
