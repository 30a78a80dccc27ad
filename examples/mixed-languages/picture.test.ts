import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standardJob } from './parameters.ts'
import { drawPicture } from './picture.ts'
import { perfectFits, smallJob } from './testing.ts'

for (const [name, job] of Object.entries({ standardJob, smallJob })) {
  test(`the picture of the ${name} stands alone and has only numbers in it`, () => {
    const svg = drawPicture(job, perfectFits(job))
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    assert.doesNotMatch(svg, /NaN|Infinity|undefined|null/)
    assert.doesNotMatch(svg, /<script|href="http/)
    for (const { name } of job.species) assert.match(svg, new RegExp(`>σ, ${name}<`))
    assert.match(svg, />variance \(µm²\)</)
  })
}
