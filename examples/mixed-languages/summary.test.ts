import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, describeFits, disagreements } from './summary.ts'
import { perfectFits, smallJob } from './testing.ts'

test('recovered values stand beside the simulated ones, with digits as far as the error goes', () => {
  const [header, first, second] = describeFits(smallJob, perfectFits(smallJob)).split('\n')
  assert.match(header!, /simulated +recovered +deviation/)
  assert.match(
    first!,
    /^D of the membrane protein, µm²\/s +0\.05000 +0\.05050 ± 0\.00050 +\+1\.0 σ$/,
  )
  assert.match(second!, /^σ of the membrane protein, nm +30\.00 +30\.60 ± 0\.60 +\+1\.0 σ$/)
})

test('what is off by more than four standard errors, or no number, is named', () => {
  const fits = perfectFits(smallJob)
  assert.deepEqual(disagreements(smallJob, fits), [])
  const wrong = [
    { ...fits[0]!, diffusion: 0.06 },
    { ...fits[1]!, localisation: Number.NaN },
  ]
  assert.deepEqual(disagreements(smallJob, wrong), [
    'D of the membrane protein, µm²/s is off by 20.0 standard errors',
    'σ of the free dye, nm is off by NaN standard errors',
  ])
  assert.equal(compare(smallJob, fits).length, 4)
})
