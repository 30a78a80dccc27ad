import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CompleteOutcome } from '../../engine/mod.ts'
import { TypeScriptCompleter } from './typescript-completer.ts'

const nothing: CompleteOutcome = { matches: [], cursorStart: 0, cursorEnd: 0, metadata: {} }

/** A working folder with a package `typescript`, which `fill` puts there. */
function workIn(context: TestContext, fill: (place: string) => void): void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iparallel-typescript-')))
  const before = process.cwd()
  context.after(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  mkdirSync(join(folder, 'node_modules'))
  fill(join(folder, 'node_modules', 'typescript'))
  process.chdir(folder)
}

async function ask(code: string, cells: readonly string[] = []) {
  const failures: string[] = []
  const completer = new TypeScriptCompleter(
    () => cells,
    (message) => failures.push(message),
  )
  const request = { code, cursorPos: code.length }
  const outcome = await completer.complete(request, nothing)
  return { outcome, failures, again: () => completer.complete(request, nothing), completer }
}

test('without TypeScript in the project it says what to install, once', async (context) => {
  workIn(context, () => {})
  const { outcome, failures, again } = await ask('a.')
  assert.equal(outcome, nothing)
  assert.equal(await again(), nothing)
  assert.equal(failures.length, 1)
  assert.match(failures[0]!, /npm install --save-dev typescript@5\.9 \(none was found from/)
})

test('TypeScript 7 has no language service, which is said', async (context) => {
  workIn(context, (place) => {
    mkdirSync(place)
    writeFileSync(join(place, 'package.json'), '{"name":"typescript","main":"index.js"}')
    writeFileSync(join(place, 'index.js'), "exports.version = '7.0.2'")
  })
  const { failures } = await ask('a.')
  assert.match(failures[0]!, /the one that is there, 7\.0\.2, has no language service/)
})

/** `npm install --no-save typescript-5@npm:typescript@5.9` puts it there. */
function findTypeScript(): string | undefined {
  let place = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const found = join(place, 'node_modules', 'typescript-5')
    if (existsSync(found)) return found
    if (dirname(place) === place) return undefined
    place = dirname(place)
  }
}
const typescript = findTypeScript()
const skip =
  typescript === undefined ? 'run: npm install --no-save typescript-5@npm:typescript@5.9' : false

test('members are found by the types of earlier cells, nothing is run', {
  skip,
}, async (context) => {
  workIn(context, (place) => symlinkSync(typescript!, place, 'junction'))
  const cells = [
    'interface Animal { name: string; legs: number }',
    'declare function make(): Animal',
  ]
  const { outcome } = await ask('make().le', cells)
  assert.deepEqual(outcome.matches, ['legs'])
  assert.deepEqual([outcome.cursorStart, outcome.cursorEnd], [7, 9])
})
