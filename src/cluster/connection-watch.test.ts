import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connectionFileText } from '../jupyter/mod.ts'
import { type ConnectionSight, ConnectionWatch } from './connection-watch.ts'
import { sharedInfo, until } from './fake-roles.test.ts'

function fileText(registration: number): string {
  return connectionFileText({
    ...sharedInfo(registration),
    hb_ping: 6,
    hb_pong: 7,
    broadcast: [8],
  })
}

interface World {
  readonly path: string
  readonly sights: ConnectionSight[]
  types(): string[]
}

function watching(context: TestContext, pollMs = 20, folder = '.'): World {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  const path = join(dir, folder, 'ipcontroller-engine.json')
  const sights: ConnectionSight[] = []
  const watch = new ConnectionWatch({ path, pollMs, onSight: (sight) => sights.push(sight) })
  context.after(() => {
    watch.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return { path, sights, types: () => sights.map(({ type }) => type) }
}

function ports(sights: readonly ConnectionSight[]): number[] {
  return sights.flatMap((sight) => (sight.type === 'found' ? [sight.info.registration] : []))
}

test('a file that is not there is missing, which is told once', async (context) => {
  const { sights, types, path } = watching(context, 5)
  writeFileSync(`${path}.other`, '')
  writeFileSync(path, fileText(1))
  await until('the file', () => sights.length === 2)
  assert.deepEqual(types(), ['missing', 'found'])
})

test('a file that appears is noticed at once, not only at the next look', async (context) => {
  const { path, sights } = watching(context, 60_000)
  writeFileSync(path, fileText(7))
  await until('the file', () => ports(sights).includes(7))
})

test('a file that is replaced is another sight', async (context) => {
  const { path, sights } = watching(context)
  writeFileSync(path, fileText(1))
  await until('the first', () => ports(sights).includes(1))
  writeFileSync(`${path}.tmp`, fileText(2))
  renameSync(`${path}.tmp`, path)
  await until('the second', () => ports(sights).includes(2))
})

test('a file that is only half there is unreadable until the rest comes', async (context) => {
  const { path, sights, types } = watching(context)
  writeFileSync(path, fileText(1).slice(0, 40))
  await until('the half', () => types().includes('unreadable'))
  writeFileSync(path, fileText(1))
  await until('the whole', () => ports(sights).includes(1))
})

test('a file in a folder that is not there yet is found', async (context) => {
  const { path, sights } = watching(context, 20, 'later')
  mkdirSync(join(path, '..'))
  writeFileSync(path, fileText(1))
  await until('the file', () => ports(sights).includes(1))
})

test('a folder that is made anew is watched again', async (context) => {
  const { path, sights } = watching(context, 20, 'later')
  for (const port of [1, 2]) {
    mkdirSync(join(path, '..'))
    writeFileSync(path, fileText(port))
    await until('the file', () => ports(sights).includes(port))
    rmSync(join(path, '..'), { recursive: true })
    await until('its end', () => sights.at(-1)?.type === 'missing')
  }
})

test('the connection file of a client is unreadable for an engine, and says why', async (context) => {
  const { path, sights } = watching(context)
  writeFileSync(path, JSON.stringify({ ...JSON.parse(fileText(1)), notification: 5 }))
  await until('the file', () => sights.at(-1)?.type === 'unreadable')
  const last = sights.at(-1)
  assert.ok(
    last?.type === 'unreadable' && /an engine needs ipcontroller-engine\.json/.test(last.why),
  )
})
