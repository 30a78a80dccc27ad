import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findPython, howToGetPython } from './find-python.ts'
import { pythonFile, type RunEvents, runOnCluster } from './run-on-cluster.ts'
import { simulateDisplacements } from './simulate-displacements.ts'
import { disagreements } from './summary.ts'
import { smallJob } from './testing.ts'

const python = findPython(process.env)
const skip = python === undefined ? howToGetPython : false
const folder = mkdtempSync(join(tmpdir(), 'mixed-languages-'))
const given = { IPYTHONDIR: process.env['IPYTHONDIR'], PYTHON: process.env['PYTHON'] }

before(() => {
  process.env['IPYTHONDIR'] = folder
  if (python !== undefined) process.env['PYTHON'] = python
})
after(() => {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
})

const quiet: RunEvents = { started() {}, progress() {} }

test('two languages recover what was simulated, from the displacements that this process gets', {
  skip,
}, async () => {
  const done: number[] = []
  const events: RunEvents = { ...quiet, progress: (count) => done.push(count) }
  const { fits, engines, tasks } = await runOnCluster(
    smallJob,
    events,
    new AbortController().signal,
  )
  assert.deepEqual(disagreements(smallJob, fits), [])
  const { species, blocks, steps, frameS } = smallJob
  for (const [i, fit] of fits.entries()) {
    let sum = 0
    let count = 0
    for (let block = 0; block < blocks; block++) {
      for (const displacement of simulateDisplacements(smallJob, i, block)) {
        sum += displacement ** 2
        count++
      }
    }
    assert.equal(fit.rows, count / steps)
    assert.ok(Math.abs(fit.naive_diffusion / (sum / count / (2 * frameS)) - 1) < 1e-12)
    const total = fit.eigenvalues.reduce((a, b) => a + b, 0)
    assert.ok(Math.abs(total / (fit.naive_diffusion * 2 * frameS * steps) - 1) < 1e-12)
  }
  const total = species.length * (2 * blocks + 1)
  assert.deepEqual(
    done,
    Array.from({ length: total }, (_, i) => i + 1),
  )
  const ranOn = (language: string) =>
    engines
      .filter((engine) => engine.language === language)
      .reduce((sum, { id }) => sum + (tasks.get(id) ?? 0), 0)
  assert.equal(ranOn('typescript'), species.length * blocks)
  assert.equal(ranOn('python'), species.length * (blocks + 1))
})

test('a run that is given up ends with the reason, and its cluster with it', { skip }, async () => {
  const controller = new AbortController()
  const events: RunEvents = { ...quiet, started: () => controller.abort(new Error('enough')) }
  const endless = { ...smallJob, tracksPerBlock: 1_000_000 }
  await assert.rejects(runOnCluster(endless, events, controller.signal), { message: 'enough' })
})

/** 300 fits of normal displacements with the covariance that theory gives; their scatter. */
const scatter = `
import json, sys
exec(open(sys.argv[1]).read())
rng = np.random.default_rng(5)
n, rows, frame, blur, D, sigma = 12, 500, 0.01, 1 / 6, 0.3, 0.04
a = 2 * D * frame
b = sigma**2 - blur * a
covariance = (a + 2 * b) * np.eye(n) - b * (np.eye(n, k=1) + np.eye(n, k=-1))
root = np.linalg.cholesky(covariance)
pulls, chis = [], []
for i in range(300):
    add_block(0, rng.standard_normal((rows, n)) @ root.T)
    f = fit(0, frame, blur)
    pulls.append([(f["diffusion"] - D) / f["diffusion_error"],
                  (f["localisation"] - sigma) / f["localisation_error"]])
    chis.append(f["chi_squared"])
pulls = np.array(pulls)
print(json.dumps({"mean": pulls.mean(0).tolist(), "std": pulls.std(0).tolist(),
                  "chi": float(np.mean(chis)), "left": len(sums)}))
`

test('the errors of the fit are the scatter of the fits', { skip }, () => {
  const { stdout, stderr } = spawnSync(python!, ['-c', scatter, pythonFile], { encoding: 'utf8' })
  assert.equal(stderr, '')
  const { mean, std, chi, left } = JSON.parse(stdout) as {
    mean: number[]
    std: number[]
    chi: number
    left: number
  }
  for (const value of mean) assert.ok(Math.abs(value) < 0.25, `biased by ${value} σ`)
  for (const value of std) assert.ok(Math.abs(value - 1) < 0.15, `errors wrong by ${value}`)
  assert.ok(Math.abs(chi - 10) < 1, `χ² of 10 degrees of freedom is ${chi}`)
  assert.equal(left, 0)
})

test('a Python that lacks something is none, and what is missing is told in one line', () => {
  assert.equal(findPython({ PYTHON: process.execPath }), undefined)
  assert.doesNotMatch(howToGetPython, /\n/)
})
