import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { importPeers, PeerMissingError } from './peer-package.ts'
import { drawPlot, drawVegaLite } from './plots.ts'

const { resolve } = createRequire(import.meta.url)

function skip(...packages: string[]): string | false {
  const missing = packages.filter((name) => {
    try {
      return resolve(name) === ''
    } catch (error) {
      return (error as { code?: string }).code === 'MODULE_NOT_FOUND'
    }
  })
  return missing.length > 0 && `not installed: npm install ${missing.join(' ')}`
}

const noVega = skip('vega', 'vega-lite')
const noPlot = skip('@observablehq/plot', 'linkedom')
const noPng = skip('@resvg/resvg-js')

const spec = {
  data: { values: [{ a: 'A', b: 28 }] },
  mark: 'bar',
  encoding: { x: { field: 'a' }, y: { field: 'b', type: 'quantitative' } },
}
const pngSignature = [0x89, 0x50, 0x4e, 0x47]

test('Vega-Lite is drawn as SVG', { skip: noVega }, async () => {
  const { 'image/svg+xml': svg } = await drawVegaLite(spec, 'svg')
  assert.match(String(svg), /^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/)
  assert.match(String(svg), /<path aria-label="a: A; b: 28"/)
})

test('Vega-Lite is drawn as PNG', { skip: noVega || noPng }, async () => {
  const { 'image/png': png } = await drawVegaLite(spec, 'png')
  assert.deepEqual([...(png as Uint8Array).subarray(0, 4)], pngSignature)
})

test('a plot of Observable is drawn as SVG', { skip: noPlot }, async () => {
  const { dot } = (await import('@observablehq/plot')) as { dot: (data: unknown) => object }
  const { 'image/svg+xml': svg } = await drawPlot({ marks: [dot([[1, 2]])] }, 'svg')
  assert.match(String(svg), /<circle /)
})

test('a plot with a title is HTML, and as PNG the picture in it', {
  skip: noPlot || noPng,
}, async () => {
  const { dot } = (await import('@observablehq/plot')) as { dot: (data: unknown) => object }
  const options = { marks: [dot([[1, 2]])], title: 'Title' }
  const { 'text/html': html } = await drawPlot(options, 'svg')
  assert.match(String(html), /^<figure[\s\S]*Title/)
  const { 'image/png': png } = await drawPlot(options, 'png')
  assert.deepEqual([...(png as Uint8Array).subarray(0, 4)], pngSignature)
})

test('a package that is not installed is named, with what to do', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'iparallel-peers-'))
  const before = process.cwd()
  t.after(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  })
  process.chdir(folder)
  await assert.rejects(
    importPeers('A chart', ['node:path', 'iparallel-no-such-package']),
    (error) => {
      assert.ok(error instanceof PeerMissingError)
      assert.match(
        error.message,
        /A chart needs packages .*npm install node:path iparallel-no-such/,
      )
      return true
    },
  )
})
