import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'
import { version } from 'iparallel'
import { root } from './source-tree.ts'

const bin = dirname(process.execPath)
const npm = [
  process.env['npm_execpath'] ?? '',
  join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  join(bin, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
].find((path) => path.endsWith('npm-cli.js') && existsSync(path))

/** What `npm publish` would send, by path. */
function packed(): string[] {
  const args = [npm!, 'pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  try {
    const result = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, unknown>
    const [pack] = Object.values(result) as { files: { path: string }[] }[]
    return pack!.files.map(({ path }) => path)
  } catch {
    throw new Error(stderr)
  }
}

const options = npm === undefined ? { skip: 'npm is not where it could be found' } : {}

test(
  'the package holds what its doors and commands need, and nothing of the workshop',
  options,
  () => {
    const files = packed()
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>
      exports: Record<string, string | Record<string, string>>
    }
    const targets = Object.values(manifest.exports)
      .flatMap((door) => (typeof door === 'string' ? door : Object.values(door)))
      .map((path) => path.replace('./', ''))
    const wanted = [...targets, ...Object.values(manifest.bin), 'README.md', 'LICENSE']
    assert.deepEqual(
      wanted.filter((path) => !files.includes(path)),
      [],
    )
    const stray = /\.test\.|\.map$|tsbuildinfo|^(?:src|test|dist\/(?:test|tools|bench|examples))\//
    assert.deepEqual(
      files.filter((path) => stray.test(path)),
      [],
    )
  },
)

test('a program that was bundled with the client needs only the libraries beside it', async (context) => {
  const dir = mkdtempSync(join(root, 'dist', 'bundled-program-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  const outfile = join(dir, 'program.mjs')
  await build({
    stdin: {
      contents: `import { Client, version } from 'iparallel'; console.log(typeof Client.connect, version)`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  })
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' })
  assert.equal(stdout, `function ${version}\n`, stderr)
})
