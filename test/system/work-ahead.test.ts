import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, Cluster, EngineError } from 'iparallel'

/** Very short calls that may have begun at the same time: `limits.callsTogetherMax`, and ADR 8. */
const togetherMax = 8

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

/** Items 0 to 299, of which number 150 kills its engine: those that failed, and why. */
async function killedAt150(milliseconds: number): Promise<[failed: number[], reason: unknown]> {
  const task = async (i: number): Promise<number> => {
    if (i === 150) process.kill(process.pid, 'SIGKILL')
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds))
    return i
  }
  const items = Array.from({ length: 300 }, (_, i) => i)
  const outcomes = await Promise.allSettled(
    items.map(async (i) => rc.loadBalancedView().apply(task, i)),
  )
  const failed = outcomes.flatMap((outcome, i) => (outcome.status === 'rejected' ? [i] : []))
  return [failed, (outcomes[150] as PromiseRejectedResult).reason]
}

test('an engine that dies takes only the task with it that it was doing', async () => {
  const [failed, reason] = await killedAt150(2)
  assert.deepEqual(failed, [150])
  assert.ok(reason instanceof EngineError, String(reason))
})

test('of tasks too short to be begun one by one, a dying engine may take a few with it', async () => {
  await cluster.startEngines(1)
  await rc.waitForEngines(2, { timeoutMs: 60_000 })
  const [failed, reason] = await killedAt150(0)
  assert.ok(failed.includes(150), `failed: ${failed.join(' ')}`)
  assert.ok(failed.length <= togetherMax, `failed: ${failed.join(' ')}`)
  assert.ok(reason instanceof EngineError, String(reason))
})
