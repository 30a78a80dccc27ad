import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, Cluster, EngineError } from 'iparallel'

let dir: string
let cluster: Cluster
let rc: Client

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'iparallel-ahead-'))
  cluster = await Cluster.start({ n: 2, ipythonDir: dir })
  rc = await cluster.connect()
  await rc.waitForEngines(2, { timeoutMs: 60_000 })
})
after(async () => {
  await rc.close()
  await cluster.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('what was sent behind a task that takes long is done by others meanwhile', async () => {
  const goOn = join(dir, 'go-on')
  const task = async (i: number): Promise<number> => {
    if (i !== 150) return i
    const { existsSync } = await import('node:fs')
    // Not a wait: an engine's thread that answers nothing any more.
    while (!existsSync(goOn));
    return i
  }
  const items = Array.from({ length: 300 }, (_, i) => i)
  const results = rc.loadBalancedView().map(task, items, { ordered: false })
  const came: number[] = []
  for await (const result of results) {
    came.push(result)
    if (came.length === items.length - 1) writeFileSync(goOn, '')
  }
  assert.equal(came.at(-1), 150)
  assert.deepEqual(
    came.toSorted((a, b) => a - b),
    items,
  )
})

test('an engine that dies takes only the task with it that it was doing', async () => {
  const task = (i: number): number => {
    if (i === 150) process.kill(process.pid, 'SIGKILL')
    return i
  }
  const items = Array.from({ length: 300 }, (_, i) => i)
  const outcomes = await Promise.allSettled(
    items.map(async (i) => rc.loadBalancedView().apply(task, i)),
  )
  const failed = outcomes.flatMap((outcome, i) => (outcome.status === 'rejected' ? [i] : []))
  assert.deepEqual(failed, [150])
  const { reason } = outcomes[150] as PromiseRejectedResult
  assert.ok(reason instanceof EngineError, String(reason))
})
