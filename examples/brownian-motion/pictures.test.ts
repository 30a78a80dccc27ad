import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Analysis, analyse } from './analysis.ts'
import { drawDiffusion } from './diffusion-picture.ts'
import { drawEmission } from './emission-picture.ts'
import { merge } from './merge.ts'
import type { Parameters } from './parameters.ts'
import { makeReportPage } from './report-page.ts'
import { simulate } from './simulate.ts'
import { smallJob } from './testing.ts'
import { drawTimestamps } from './timestamps-picture.ts'
import { drawTrajectories } from './trajectory-picture.ts'

function picturesOf(parameters: Parameters): Record<string, string> {
  const ids = Array.from({ length: parameters.ids }, (_, id) => id)
  const measurement = merge(
    parameters,
    ids.map((id) => simulate(parameters, id)),
  )
  const analysis: Analysis = analyse(parameters, measurement)
  return {
    trajectory: drawTrajectories(parameters, measurement),
    emission: drawEmission(parameters, measurement),
    timestamps: drawTimestamps(parameters, measurement),
    diffusion: drawDiffusion(parameters, analysis),
  }
}

const jobs: Record<string, Parameters> = {
  'the main job': smallJob,
  'a periodic box': { ...smallJob, walls: 'periodic', seed: 2 },
  'no photon at all': { ...smallJob, maxRate: 0, backgroundRate: 0 },
  'one block of one id': { ...smallJob, ids: 1, stepsPerId: 50 },
  'a flat box': { ...smallJob, box: [30, 30, 1] },
}

for (const [name, parameters] of Object.entries(jobs)) {
  describe(`the pictures of ${name}`, () => {
    for (const [picture, svg] of Object.entries(picturesOf(parameters))) {
      test(`${picture}: stands alone and has only numbers in it`, () => {
        assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
        assert.doesNotMatch(svg, /NaN|Infinity|undefined|null/)
        assert.doesNotMatch(svg, /<script|href="http/)
      })
    }
  })
}

test('axes tell what they show, with units', () => {
  const pictures = picturesOf(smallJob)
  assert.match(pictures['trajectory']!, />x \(µm\)</)
  assert.match(pictures['trajectory']!, />z \(µm\)</)
  assert.match(pictures['emission']!, />time \(s\)</)
  assert.match(pictures['timestamps']!, />arrival time \(s\)</)
  assert.match(pictures['timestamps']!, />delay \(µs\)</)
  assert.match(pictures['diffusion']!, />D \(µm²\/s\)/)
})

test('the page holds the summary as text, and the pictures', () => {
  const page = makeReportPage('a < b & c', ['<svg>one</svg>', '<svg>two</svg>'])
  assert.match(page, /<pre>a &#60; b &#38; c<\/pre>/)
  assert.match(page, /<svg>one<\/svg>[\s\S]*<svg>two<\/svg>/)
})
