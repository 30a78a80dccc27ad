/**
 * Runs the tests: `npm test` all of them, `npm test -- zmtp system/` those whose path contains one
 * of the words. Build first; what runs is what ships.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const words = process.argv.slice(2)

function testSources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
}

/** Where the compiler puts a test: `src/x` lands in `dist/x`, everything else in `dist/<folder>`. */
function compiled(source: string): string {
  return join(root, 'dist', source.replace(/^src\//, '').replace(/\.ts$/, '.js'))
}

const sources = ['src', 'test', 'examples'].flatMap(testSources).sort()
const missing = sources.filter((source) => !existsSync(compiled(source)))
if (missing.length > 0) {
  console.error(`not compiled (run npm run build): ${missing.join(', ')}`)
  process.exit(1)
}
const chosen = sources.filter(
  (source) => words.length === 0 || words.some((word) => source.includes(word)),
)
if (chosen.length === 0) {
  console.error(`no test has a path that contains one of: ${words.join(', ')}`)
  process.exit(1)
}
const reporter = process.stdout.isTTY ? 'spec' : 'tap'
const result = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-timeout=180000',
    // One core is not left idle, as Node would: many tests wait for other processes.
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    `--test-reporter=${process.env['CI'] === undefined ? reporter : 'spec'}`,
    '--test-reporter-destination=stdout',
    ...chosen.map((source) => relative(root, compiled(source))),
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exit(result.status ?? 1)
