import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, buildSync } from 'esbuild'
import type * as Functions from '../../src/functions/mod.ts'
import type * as Serialize from '../../src/serialize/mod.ts'
import type { Answer } from './probe-side.ts'
import { probes } from './probes.ts'

// Neither folder is a door of the package: this reads the compiled folders beside it.
const dist = new URL('../../', import.meta.url)
const { Codec } = (await import(new URL('serialize/mod.js', dist).href)) as typeof Serialize
const { inspectorFunctionCodec } = (await import(
  new URL('functions/mod.js', dist).href
)) as typeof Functions

const codec = new Codec(inspectorFunctionCodec())
const side = fileURLToPath(new URL('probe-side.js', import.meta.url))
const compiled = fileURLToPath(new URL('probes.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'iparallel-probes-'))
after(() => rmSync(folder, { recursive: true }))

/** Other Node binaries to send to and receive from, as a list of paths: `NODES=/a/node:/b/node`. */
const nodes = [process.execPath, ...(process.env['NODES']?.split(':') ?? [])]

function run(node: string, which: 'send' | 'receive', file: string, input = ''): string {
  return execFileSync(node, [side, which, file], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 60_000,
  })
}

function built(name: string, options: BuildOptions): string {
  const outfile = join(folder, name)
  buildSync({ entryPoints: [compiled], outfile, bundle: true, platform: 'node', ...options })
  return outfile
}

/** What `tsc` makes for projects that are not yet modules. */
function compiledToCommonJs(): string {
  const outDir = join(folder, 'tsc')
  const source = fileURLToPath(new URL('../../../test/functions/probes.ts', import.meta.url))
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
  const options = ['--module', 'commonjs', '--moduleResolution', 'bundler', '--target', 'es2022']
  const more = ['--ignoreConfig', '--skipLibCheck', '--rewriteRelativeImportExtensions']
  const all = [...options, ...more, '--types', 'node', '--outDir', outDir, source]
  execFileSync(process.execPath, [join(dirname(tsc), 'bin', 'tsc'), ...all])
  writeFileSync(join(outDir, 'package.json'), '{"type":"commonjs"}')
  return join(outDir, 'probes.js')
}

const outputs: Readonly<Record<string, string>> = {
  tsc: compiled,
  'tsc, CommonJS': compiledToCommonJs(),
  'esbuild, ESM': built('esm.mjs', { format: 'esm', target: 'node20' }),
  'esbuild, names kept': built('names.mjs', { format: 'esm', keepNames: true }),
  'esbuild, minified': built('min.mjs', {
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
  }),
  'esbuild, CommonJS': built('common.cjs', { format: 'cjs' }),
}

for (const [output, file] of Object.entries(outputs)) {
  for (const from of nodes) {
    const sent = run(from, 'send', file)
    for (const to of nodes) {
      const answers = JSON.parse(run(to, 'receive', file, sent)) as Answer[]
      const where = nodes.length > 1 ? `, ${nodes.indexOf(from)} to ${nodes.indexOf(to)}` : ''
      for (const { title, expected } of probes) {
        test(`${title} (${output}${where})`, () => {
          const answer = answers.find((each) => each.title === title)
          assert.equal(answer?.failure, undefined)
          const frames = answer!.frames!.map((frame) => Buffer.from(frame, 'base64'))
          assert.deepEqual(codec.decode(frames).value, expected)
        })
      }
    }
  }
}
