import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { withFileLock } from './file-lock.ts'

function place(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-lock-'))
  context.after(() => rmSync(dir, { recursive: true }))
  return join(dir, 'x.lock')
}

test('a lock left behind before the clock was set back is broken all the same', async (context) => {
  const path = place(context)
  writeFileSync(path, '1 0.5')
  const tomorrow = new Date(Date.now() + 86_400_000)
  utimesSync(path, tomorrow, tomorrow)
  assert.equal(await withFileLock(path, () => 'done', 20), 'done')
  assert.deepEqual(readdirSync(join(path, '..')), [])
})

test('a lock that changes hands is waited for', async (context) => {
  const path = place(context)
  const order: number[] = []
  const turns = [1, 2, 3, 4].map((turn) => withFileLock(path, () => order.push(turn)))
  await Promise.all(turns)
  assert.deepEqual(order.toSorted(), [1, 2, 3, 4])
  assert.deepEqual(readdirSync(join(path, '..')), [])
})
