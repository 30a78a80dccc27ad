import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, test } from 'node:test'
import { describeFailure } from '../failure.ts'
import { Namespace } from '../namespace.ts'
import { type Boxed, Cell, installImportBinder } from './cell.ts'

const namespace = new Namespace()
installImportBinder(namespace)
afterEach(() => namespace.clear())

/** What the last cell gives. */
async function run(...cells: string[]): Promise<unknown> {
  let value: unknown
  for (const [i, source] of cells.entries()) {
    const cell = new Cell(source, `cell ${i + 1}`, namespace)
    const result = cell.run()
    value = cell.isAsync ? (await (result as Promise<Boxed>))?.[0] : result
  }
  return value
}

async function stackOf(...cells: string[]): Promise<string> {
  return run(...cells).then(
    () => assert.fail('nothing was thrown'),
    (error: unknown) => describeFailure(error).traceback.join('\n'),
  )
}

const seen: readonly (readonly [title: string, cells: readonly string[], expected: unknown])[] = [
  ['a let', ['let a = 1', 'a'], 1],
  ['a const', ['const a = 1', 'a'], 1],
  ['a var in a loop', ['for (var a = 0; a < 3; a++);', 'a'], 3],
  ['a function', ['function f() { return 1 }', 'f()'], 1],
  ['a generator', ['function* f() { yield 1 }', '[...f()][0]'], 1],
  ['a class', ['class A { static b = 1 }', 'A.b'], 1],
  ['an enum', ['enum A { B = 1 }', 'A.B'], 1],
  ['a name of a pattern', ['const { a: { b = 1 } } = { a: {} }', 'b'], 1],
  ['a name of an await cell', ['let a = await 1', 'a'], 1],
  ['a function of an await cell', ['function f() { return 1 }; await 0', 'f()'], 1],
  ['an import', ["import { join } from 'node:path'", 'typeof join'], 'function'],
  ['a default import', ["import path from 'node:path'", 'typeof path.join'], 'function'],
  ['a namespace import', ["import * as path from 'node:path'", 'typeof path.join'], 'function'],
  ['an export', ['export const a = 1', 'a'], 1],
  ['what is assigned without a declaration', ['a = 1', 'a'], 1],
]

for (const [what, cells, expected] of seen) {
  test(`a later cell sees ${what}`, async () => {
    assert.equal(await run(...cells), expected)
  })
}

const redeclared = [
  ['let a = 1', 'const a = 2', 'a'],
  ['const a = 1', 'let a = 2', 'a'],
  ['function a() {}', 'let a = 2', 'a'],
  ['let a = 1', 'function a() { return 2 }', 'a()'],
  ['class a {}', 'const a = 2', 'a'],
  ['enum a { B }', 'enum a { C = 2 }', 'a.C'],
]
for (const cells of redeclared) {
  test(`'${cells[0]}' can become '${cells[1]}'`, async () => {
    assert.equal(await run(...cells), 2)
  })
}

test('an enum that is declared again forgets its old members', async () => {
  assert.equal(await run('enum A { B }', 'enum A { C }', 'A.B'), undefined)
})

test('a var without a value keeps the one it has, a let does not', async () => {
  assert.equal(await run('var a = 1', 'var a', 'a'), 1)
  assert.equal(await run('let b = 1', 'let b', 'b'), undefined)
})

test('a function can be called before it is declared', async () => {
  assert.equal(await run('f()\nfunction f() { return 1 }'), 1)
})

test('a function sees later values of the names it uses', async () => {
  assert.equal(await run('function f() { return g() }', 'function g() { return 1 }', 'f()'), 1)
})

test('a function can replace itself', async () => {
  const source = 'function f() { f = () => 2; return 1 }'
  assert.deepEqual(await run(source, '[f.name, f(), f()]'), ['f', 1, 2])
})

test('a function that calls itself calls what its name means by then', async () => {
  const memoized = `let calls = 0
    function fib(n) { calls++; return n < 2 ? n : fib(n - 1) + fib(n - 2) }
    const known = new Map()
    const memoize = (f) => (n) => known.get(n) ?? (known.set(n, f(n)), known.get(n))
    fib = memoize(fib)
    fib(20)`
  assert.equal(await run(memoized), 6765)
  assert.equal(await run('calls'), 21)
  const replaced = 'function f(n) { return n ? f(0) : 1 }; const kept = f'
  assert.equal(await run(replaced, 'function f() { return 2 }', 'kept(1)'), 2)
})

test('a stack names a function that calls itself', async () => {
  const stack = await stackOf('function f(n) { if (n) f(n - 1); else null.x }\nf(1)')
  assert.match(stack, /\n {4}at f \(cell 1:1:44\)\n {4}at f \(cell 1:1:24\)\n {4}at cell 1:2:1$/)
})

test('a function has the text that was typed', async () => {
  assert.equal(
    await run('  function f(a) { return a }', 'f.toString()'),
    'function f(a) { return a }',
  )
})

test('a cell that fails before a declaration does not declare', async () => {
  await assert.rejects(run('throw 1; let a'))
  await assert.rejects(run('a'), ReferenceError)
})

for (const name of ['crypto', 'performance', 'navigator', 'name', '__proto__', 'process']) {
  test(`${name} can be declared`, async () => {
    const value = process
    assert.equal(await run(`let ${name} = 1`, name), 1)
    namespace.clear()
    assert.equal(globalThis.process, value)
  })
}

test('a builtin that everything relies on cannot be declared, and the error says so', async () => {
  await assert.rejects(run('class Map {}'), /SyntaxError: 'Map' cannot be declared here/)
  assert.equal(typeof Map, 'function')
})

test('a strict cell assigns what it declares, and nothing else', async () => {
  assert.equal(await run("'use strict'\nlet a = 1", 'a'), 1)
  await assert.rejects(run("'use strict'\nb = 1"), ReferenceError)
})

test('namespaces are values', async () => {
  assert.equal(await run('namespace A.B { export enum C { D = 1 } }; A.B.C.D'), 1)
  assert.equal(
    await run('declare namespace A { const a: 1 }\nnamespace B { export type C = 1 }\n1'),
    1,
  )
})

test('decorators are applied', async () => {
  const source = `function twice(method: () => number) { return () => 2 * method() }
    class A { @twice get(): number { return 21 }; accessor a = 1 }
    ;[new A().get(), new A().a]`
  assert.deepEqual(await run(source), [42, 1])
})

test('what is declared with using is let go of at the end of the cell', async () => {
  const source = `var log = []
    using a = { [Symbol.dispose]() { log.push('a') } }
    await using b = { async [Symbol.asyncDispose]() { log.push('b') } }, c = null
    log.push('body')`
  assert.deepEqual(await run(source, 'log'), ['body', 'b', 'a'])
  assert.equal(await run('typeof a'), 'object')
})

test('using in a block or a function works whatever Node knows', async () => {
  const source = `var log = []
    const open = (name: string) => ({ [Symbol.dispose]: () => void log.push(name) })
    function f() { using a = open('a'); log.push('f') }
    { using b = open('b'); f() }
    log`
  assert.deepEqual(await run(source), ['f', 'a', 'b'])
})

test('a stack of a compiled cell has the line and the column that were typed', async () => {
  const source = `namespace A {
    // a comment
    export function fail() { throw new Error() }
  }
  await 0; A.fail()`
  assert.match(await stackOf(source), /at .*fail \(cell 1:3:36\)\n.*cell 1:5:14$/)
})

test('every await of a cell goes through the guard', async () => {
  const guarded: unknown[] = []
  const cell = new Cell(
    'const a = await (1, 2); for await (const b of [3]) await b; await /* c */ a',
    'cell',
    namespace,
  )
  const value = await cell.run((awaited) => {
    guarded.push(awaited)
    return Promise.resolve(awaited)
  })
  assert.deepEqual(value, [2])
  assert.deepEqual(guarded[0], 2)
  assert.equal(guarded.length, 6)
})

test('a name that the cell uses is not taken for its scope', async () => {
  assert.equal(await run('const __cell = await 1; await __cell'), 1)
})

test('the comments around what is iterated do not matter', async () => {
  const source = `let sum = 0
    for await (const a of /* of ) */ ([1, 2]) /* ) */) sum += a
    sum`
  assert.equal(await run(source), 3)
})

for (const [source, isQuiet] of [
  ['1;', true],
  ['1 ; // one', true],
  ['1', false],
  ['1 // ;', false],
  ["';'", false],
  ['await 1;', true],
  ['namespace A { export const a = 1 }; A.a', false],
  ['namespace A { export const a = 1 }; A.a;', true],
  ['let a = 1;', false],
] as const) {
  test(`the value of '${source}' is ${isQuiet ? 'not ' : ''}to be shown`, () => {
    assert.equal(new Cell(source, 'cell', namespace).isQuiet, isQuiet)
  })
}

test('types are no obstacle', async () => {
  const source = `
    interface Point { x: number }
    type Points = Point[]
    abstract class Base<T> { constructor(protected readonly value: T) {} abstract get(): T }
    class Derived extends Base<number> { get(): number { return this.value! } }
    const points: Points = [{ x: 1 } satisfies Point]
    let sum = 0 as number
    for (const { x } of points as readonly Point[]) sum += x
    new Derived(sum).get()`
  assert.equal(await run(source), 1)
})

test('an import that is used by a later cell only is not dropped', async () => {
  assert.equal(await run("import { sep } from 'node:path'\nlet a: number", 'typeof sep'), 'string')
})

test('an import of what is not exported names module and export', async () => {
  const expected = /The requested module 'node:path' does not provide an export named 'nope'/
  await assert.rejects(run("import { nope } from 'node:path'"), expected)
})

test('import() works, also from a function that is called later', async () => {
  assert.equal(
    await run("const f = () => import('node:path')", 'typeof (await f()).join'),
    'function',
  )
})

test('relative files, JSON and packages are found from the working folder', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'iparallel-cell-'))
  const before = process.cwd()
  t.after(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  })
  writeFileSync(join(folder, 'one.mjs'), 'export const one = 1')
  writeFileSync(join(folder, 'two.json'), '{ "two": 2 }')
  process.chdir(folder)
  const source = `import { one } from './one.mjs'
import data from './two.json' with { type: 'json' }
;[one, data.two]`
  assert.deepEqual(await run(source), [1, 2])
})

test('the value of a cell is that of its last expression', async () => {
  assert.equal(await run('1, 2'), 2)
  assert.equal(await run('await 1, await 2;'), 2)
  assert.equal(await run('1; 2'), 2)
  assert.equal(await run('await 1; 2 // two'), 2)
  assert.deepEqual(await run('{ a: 1 }'), { a: 1 })
  assert.deepEqual(await run('export default { a: 1 }'), { a: 1 })
})

test('a stack names the cell, and the line and column that were typed', async () => {
  assert.match(await stackOf('1\n\n  throw new Error()'), /cell 1:3:9$/m)
  assert.match(await stackOf('await 1\n  throw new Error()'), /cell 1:2:9$/m)
  assert.match(await stackOf('await 1; throw new Error()'), /cell 1:1:16$/m)
  assert.match(await stackOf('let a: number = 1; throw new Error()'), /cell 1:1:26$/m)
  assert.match(
    await stackOf('let f = (a: Map<number, string>) => { throw new Error() }\nf()'),
    /cell 1:1:45\)$/m,
  )
})

test('a stack names the place in a function of another cell', async () => {
  const stack = await stackOf('\n  function f(a: number) {\n throw new Error() }', '\n f(1)')
  assert.match(stack, /at f \(.*cell 1:3:8\)\n.*cell 2:2:2$/m)
})

test('a cell that is nested too deeply says so, and nothing of its parser', async () => {
  for (const source of ['['.repeat(20_000), `${'1+'.repeat(50_000)}1`]) {
    assert.match(await stackOf(source), /\nSyntaxError: The cell is nested too deeply.*$/)
  }
})

test('an error that only the engine finds names cell and line', async () => {
  assert.match(await stackOf('1\nimport.meta'), /^cell 1:2\nimport\.meta\n/)
})

test('a promise that is the value of a cell is not waited for, whether the cell awaits or not', async () => {
  for (const source of ['new Promise(() => {})', 'await 1; new Promise(() => {}) // c']) {
    const cell = new Cell(source, 'cell', namespace)
    const result: unknown = cell.run()
    const value = cell.isAsync ? (await (result as Promise<Boxed>))?.[0] : result
    assert.ok(value instanceof Promise, source)
  }
})
