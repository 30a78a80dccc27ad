import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Parameters } from './parameters.ts'
import { type RunEvents, runOnCluster } from './run-on-cluster.ts'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'

const parameters: Parameters = { ...smallJob, ids: 6, stepsPerId: 10_000 }
const folder = mkdtempSync(join(tmpdir(), 'brownian-'))
const given = process.env['IPYTHONDIR']

before(() => {
  process.env['IPYTHONDIR'] = folder
})
after(() => {
  if (given === undefined) delete process.env['IPYTHONDIR']
  else process.env['IPYTHONDIR'] = given
  rmSync(folder, { recursive: true, force: true })
})

class Notes implements RunEvents {
  readonly done: number[] = []
  startS = 0
  aloneRate = 0

  started(seconds: number): void {
    this.startS = seconds
  }
  measuredAlone(rate: number): void {
    this.aloneRate = rate
  }
  progress(done: number): void {
    this.done.push(done)
  }
}

for (const engines of [1, 3]) {
  test(`${engines} engines give the photons that this process computes`, async () => {
    const notes = new Notes()
    const { signal } = new AbortController()
    const { segments, timing } = await runOnCluster(parameters, engines, notes, signal)
    const here = [0, 1, 2, 3, 4, 5].map((id) => simulate(parameters, id))
    assert.deepEqual(segments, here)
    assert.deepEqual(notes.done, [0, 1, 2, 3, 4, 5, 6])
    assert.ok(notes.startS > 0 && notes.aloneRate > 0)
    assert.equal(timing.engines, engines)
    assert.ok(timing.totalRate > 0 && timing.engineRate > 0)
  })
}

test('a run that is given up ends with the reason, and its cluster with it', async () => {
  const controller = new AbortController()
  const endless = { ...parameters, stepsPerId: 50_000_000, ids: 2 }
  const notes = new Notes()
  notes.measuredAlone = () => controller.abort(new Error('enough'))
  await assert.rejects(runOnCluster(endless, 2, notes, controller.signal), { message: 'enough' })
})
