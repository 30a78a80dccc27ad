import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Chunk, type ChunkSource, chunkSource, type Sequence } from './chunk-source.ts'

async function chunksOf(source: ChunkSource): Promise<(readonly unknown[])[]> {
  const chunks: (readonly unknown[])[] = []
  for (;;) {
    const chunk: Chunk | undefined = await source.next()
    if (chunk === undefined) return chunks
    chunks.push(chunk.columns.map((column) => [...column]))
  }
}

function* count(to: number, seen: number[] = []): Generator<number> {
  for (let i = 0; i < to; i++) {
    seen.push(i)
    yield i
  }
}

async function* countSlowly(to: number): AsyncGenerator<number> {
  for (let i = 0; i < to; i++) yield i
}

const sources: Record<string, () => Sequence<number>> = {
  'an array': () => [0, 1, 2, 3, 4],
  'a typed array': () => Int32Array.of(0, 1, 2, 3, 4),
  'a generator': () => count(5),
  'an async generator': () => countSlowly(5),
  'a set': () => new Set([0, 1, 2, 3, 4]),
}

for (const [name, make] of Object.entries(sources)) {
  test(`${name} is cut into chunks`, async () => {
    assert.deepEqual(await chunksOf(chunkSource([make()], 2)), [[[0, 1]], [[2, 3]], [[4]]])
  })

  test(`${name} and a shorter list end together`, async () => {
    const chunks = await chunksOf(chunkSource([make(), ['a', 'b', 'c']], 2))
    assert.deepEqual(chunks, [
      [
        [0, 1],
        ['a', 'b'],
      ],
      [[2], ['c']],
    ])
  })

  test(`an empty chunk is never given for ${name}`, async () => {
    assert.deepEqual(await chunksOf(chunkSource([make(), []], 2)), [])
  })
}

test('a list knows how many items there are, a generator does not', () => {
  assert.equal(
    chunkSource(
      [
        [1, 2, 3],
        [1, 2],
      ],
      1,
    ).total,
    2,
  )
  assert.equal(chunkSource([count(3)], 1).total, undefined)
})

test('a generator is read no further than it was asked for', () => {
  const seen: number[] = []
  const source = chunkSource([count(100, seen)], 3)
  source.next()
  assert.deepEqual(seen, [0, 1, 2])
})

test('closing ends the generator', () => {
  let isEnded = false
  function* forever(): Generator<number> {
    try {
      for (;;) yield 1
    } finally {
      isEnded = true
    }
  }
  const source = chunkSource([forever()], 1)
  source.next()
  source.close()
  assert.ok(isEnded)
  assert.equal(source.next(), undefined)
})

test('the longer sequence is ended when the shorter one ends', () => {
  let isEnded = false
  function* forever(): Generator<number> {
    try {
      for (;;) yield 1
    } finally {
      isEnded = true
    }
  }
  const source = chunkSource([forever(), count(1)], 4)
  source.next()
  assert.ok(isEnded)
})

test('an array that is changed later is mapped over as it was', async () => {
  const list = [1, 2]
  const source = chunkSource([list], 1)
  list.length = 0
  assert.deepEqual(await chunksOf(source), [[[1]], [[2]]])
})

test('chunks of a typed array are views of it', () => {
  const whole = Float64Array.of(1, 2, 3)
  const chunk = chunkSource([whole], 2).next() as Chunk
  assert.equal((chunk.columns[0] as Float64Array).buffer, whole.buffer)
})

for (const size of [0, -1, 1.5, Number.NaN]) {
  test(`a chunk size of ${size} is refused`, () => {
    assert.throws(() => chunkSource([[1]], size), /chunkSize is a whole number/)
  })
}
