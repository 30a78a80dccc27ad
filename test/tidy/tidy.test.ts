import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, sourceFiles, wallOf } from './source-tree.ts'

const linesMax = 500
const columnsMax = 110
const source = sourceFiles('src')
const everything = ['src', 'test', 'examples', 'bench', 'tools'].flatMap(sourceFiles)

type Door = string | { readonly types: string; readonly default: string }
const { exports: doors, bin: commands } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as { exports: Record<string, Door>; bin: Record<string, string> }
const doorFiles = Object.values(doors).flatMap((door) =>
  typeof door === 'string' ? door : Object.values(door),
)
/** `main/controller.ts`: what others may import from outside, cli may, too. */
const publicDoors = new Set(
  doorFiles.map((path) => path.replace('./lib/', '').replace(/\.js$/, '.ts')),
)

/** A smaller door for threads, whose start and memory count: they load nothing else of the folder. */
const threadDoors = ['kernel/worker-side.ts', 'node/process-tree.ts']
const openDoors = new Set([...publicDoors, ...threadDoors])

test('no file is longer than the limit', () => {
  const long = everything.filter((file) => file.lines.length > linesMax)
  assert.deepEqual(
    long.map((file) => `${file.path} ${file.lines.length}`),
    [],
  )
})

test('no line is wider than the limit, except one that is a single long text', () => {
  const wide = everything.flatMap((file) =>
    file.lines.flatMap((line, i) =>
      line.length > columnsMax && !/['"`/]/.test(line) ? [`${file.path}:${i + 1}`] : [],
    ),
  )
  assert.deepEqual(wide, [])
})

test('every file is named after what it holds', () => {
  const vague = everything.filter((file) =>
    /^(util|utils|helpers?|common|misc|types)\.ts$/.test(file.name),
  )
  const shouting = everything.filter((file) => !/^[a-z0-9.-]+\.ts$/.test(file.name))
  assert.deepEqual(
    [...vague, ...shouting].map((file) => file.path),
    [],
  )
})

test('a folder imports only what its wall declares, and only through the door', () => {
  const wrong: string[] = []
  for (const file of source.filter(({ name }) => !name.endsWith('.test.ts'))) {
    const wall = wallOf(file.folder!)
    const depth = file.path.split('/').length - 3
    for (const specifier of file.imports) {
      if (!specifier.startsWith('../'.repeat(depth + 1))) continue
      const [, folder, ...rest] = /^((?:\.\.\/)+)([^/]+)\/(.+)$/.exec(specifier)?.slice(1) ?? []
      const door = rest[0] === 'mod.ts' || openDoors.has(`${folder}/${rest[0]}`)
      if (!door || folder === undefined || !wall.references.has(folder)) {
        wrong.push(`${file.path}: ${specifier}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
})

test('a wall declares nothing that the folder does not import', () => {
  const idle: string[] = []
  for (const folder of new Set(source.map((file) => file.folder!))) {
    const used = new Set(
      source
        .filter((file) => file.folder === folder)
        .flatMap((file) => [...file.text.matchAll(/'(?:\.\.\/)+([^/']+)\/[\w-]+\.ts'/g)])
        .map((match) => match[1]!),
    )
    for (const reference of wallOf(folder).references) {
      if (!used.has(reference)) idle.push(`${folder}: ${reference}`)
    }
  }
  assert.deepEqual(idle, [])
})

test('code below the wall reads no clock, no randomness, and no platform', () => {
  const forbidden = /\bDate\.now\b|new Date\(\)|Math\.random|from 'node:|\bglobalThis\.process\b/
  const wrong = source
    .filter((file) => !file.name.endsWith('.test.ts') && wallOf(file.folder!).pure)
    .filter((file) => forbidden.test(file.text))
  assert.deepEqual(
    wrong.map((file) => file.path),
    [],
  )
})

test('doors name what they let out', () => {
  const loose = source.filter((file) => /^export \* from/m.test(file.text))
  assert.deepEqual(
    loose.map((file) => file.path),
    [],
  )
})

test('every test is compiled, so that none is left out unseen', () => {
  const tests = everything.filter((file) => file.name.endsWith('.test.ts'))
  const missing = tests.filter(
    (file) =>
      !existsSync(join(root, 'dist', file.path.replace(/^src\//, '').replace(/\.ts$/, '.js'))),
  )
  assert.deepEqual(
    missing.map((file) => file.path),
    [],
  )
})

test('every door of the package exists after the build', () => {
  const missing = [...doorFiles, ...Object.values(commands)].filter(
    (path) => !existsSync(join(root, path)),
  )
  assert.deepEqual(missing, [])
})

test('no sleep stands in a unit or simulation test', () => {
  const sleepy = everything.filter(
    (file) =>
      file.name.endsWith('.test.ts') &&
      /^(src|test\/sim)\//.test(file.path) &&
      /from 'node:timers\/promises'|^\s*await sleep\(/m.test(file.text),
  )
  assert.deepEqual(
    sleepy.map((file) => file.path),
    [],
  )
})
