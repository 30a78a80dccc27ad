import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { doorListings, root } from '../../tools/door-listing.ts'

const folder = join(root, 'test', 'fixtures', 'public-api')
const listings = doorListings()

for (const { door, file, text } of listings) {
  test(`${door} lets out what its listing says`, () => {
    const path = join(folder, file)
    const listed = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : ''
    assert.equal(text, listed, 'if the change is meant: node dist/tools/public-api.js')
  })
}

test('every listing is of a door that is there', () => {
  assert.deepEqual(readdirSync(folder).sort(), listings.map(({ file }) => file).sort())
})

test('everything that a door lets out says what it is', () => {
  // The messages of `iparallel/jupyter` are the tables of Jupyter's documentation, field by field.
  const silent = listings
    .filter(({ door }) => door !== 'iparallel/jupyter')
    .flatMap(({ door, unexplained }) => unexplained.map((name) => `${door}: ${name}`))
  assert.deepEqual(silent, [])
})
