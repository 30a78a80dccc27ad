/**
 * Writes down what the doors of the package let out; `test/tidy/public-api.test.ts` compares with
 * it, so that a change of the API is a change that a reviewer sees. Build first.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { doorListings, root } from './door-listing.ts'

const folder = join(root, 'test', 'fixtures', 'public-api')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const { door, file, text } of doorListings()) {
  writeFileSync(join(folder, file), text)
  console.log(`${door}: ${text.split('\n').length - 1} lines`)
}
