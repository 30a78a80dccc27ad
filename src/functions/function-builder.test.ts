import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ClassTable } from './class-table.ts'
import { FunctionBuilder } from './function-builder.ts'

const builder = new FunctionBuilder(new ClassTable(), { named: { push: () => 'pushed' } })

type Callable = (...args: unknown[]) => unknown

test('source becomes a function with its name', () => {
  const { value } = builder.build({ kind: 'source', text: '(x) => x + 1', name: 'next' })
  assert.equal((value as Callable)(1), 2)
  assert.equal((value as Callable).name, 'next')
})

test('captured values are there once they are bound', () => {
  const captures: Record<string, unknown> = { a: undefined, self: undefined }
  const { value, bind } = builder.build({ kind: 'source', text: '() => [a, self]', captures })
  captures['a'] = 1
  captures['self'] = value
  bind()
  assert.deepEqual((value as Callable)(), [1, value])
})

test('the same source is compiled once and gives functions of their own', () => {
  const description = { kind: 'source', text: '() => ++n', captures: { n: 1 } } as const
  const [first, second] = [builder.build(description), builder.build(description)]
  first.bind()
  second.bind()
  assert.deepEqual(
    [first.value, second.value].map((f) => (f as Callable)()),
    [2, 2],
  )
  assert.notEqual(first.value, second.value)
})

test('no name of the builder is visible to the source', () => {
  const names = ['definition', 'captures', 'value', 'bind', 'text', 'factory']
  const text = `() => [${names.map((name) => `typeof ${name}`).join()}]`
  const { value } = builder.build({ kind: 'source', text })
  assert.deepEqual(
    (value as Callable)(),
    names.map(() => 'undefined'),
  )
})

test('builtins are found by their path, ours by their name', () => {
  const find = (text: string): unknown => builder.build({ kind: 'builtin', text }).value
  assert.equal(find('Math.max'), Math.max)
  assert.equal(find('globalThis'), globalThis)
  assert.equal((find('iparallel:push') as Callable)(), 'pushed')
})

test('a builtin that this platform lacks is named', () => {
  for (const text of ['Math.noSuch', 'no.such', 'iparallel:toString', 'iparallel:noSuch']) {
    assert.throws(() => builder.build({ kind: 'builtin', text }), { code: 'IPAR_ARGUMENT' })
  }
})

test('modules are imported whole or by export', () => {
  const member = { kind: 'import', text: 'node:path', member: 'join' } as const
  assert.equal(builder.build(member).value, join)
  assert.throws(() => builder.build({ ...member, member: 'noSuch' }), /does not export noSuch/)
})

test('import() in a function starts from the folder of the receiver', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'iparallel-import-'))
  after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'beside.mjs'), 'export const found = "beside"')
  const there = new FunctionBuilder(new ClassTable(), { folder })
  const text = "async () => (await import('./beside.mjs')).found"
  const { value } = there.build({ kind: 'source', text })
  assert.equal(await (value as Callable)(), 'beside')
})

test('import() in a function starts from the working folder of the moment', async () => {
  const folders = ['one', 'two'].map((found) => {
    const folder = mkdtempSync(join(tmpdir(), 'iparallel-import-'))
    after(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'beside.mjs'), `export const found = '${found}'`)
    return folder
  })
  const before = process.cwd()
  after(() => process.chdir(before))
  const text = "async () => (await import('./beside.mjs')).found"
  const found: unknown[] = []
  for (const folder of folders) {
    process.chdir(folder)
    found.push(await (builder.build({ kind: 'source', text }).value as Callable)())
  }
  process.chdir(before)
  assert.deepEqual(found, ['one', 'two'])
})

test('import() that a compiler made a call starts from the folder of the receiver, too', async () => {
  const load = builder.build({ kind: 'builtin', text: 'iparallel:import' }).value as Callable
  assert.equal(((await load('node:path')) as { join: unknown }).join, join)
})

test('require in a function from CommonJS starts from the folder of the receiver', () => {
  const require = builder.build({ kind: 'builtin', text: 'iparallel:require' }).value
  assert.equal((require as NodeJS.Require)('node:path').join, join)
})
