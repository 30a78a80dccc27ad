/** Cells against scripts: where lines meet without a semicolon, both must mean the same. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { Namespace } from '../namespace.ts'
import { type Boxed, Cell, installImportBinder } from './cell.ts'

const namespace = new Namespace()
installImportBinder(namespace)
after(() => namespace.clear())

const firsts = [
  'let a',
  'let a, b',
  'var a',
  'var a = 1, b',
  'const a = 5',
  'let [a] = [1]',
  'var { a } = { a: 1 }, b',
  'function f() {}',
  'async function f() {}',
  'class A {}',
  'if (1) var a',
  'if (1) { var a\n(log(2)) }',
  'if (0) {} else var a',
  'for (var a of [1, 2]) log(a)',
  'for (var a, b = 0; b < 1; b++) log(b)',
  'for (var a in { b: 1 }) log(a)',
  'while (0) var a',
  'label: { var a\n[1].map(log)\nbreak label }',
  'switch (1) { case 1: var a\n(log(5)) }',
  'let a\n// comment',
  'log',
  'log\nfunction f() {}',
  '5',
]
const seconds = [
  '(log(2))',
  '[1, 2].map(log)',
  '`t`',
  '+1',
  '/a/.test("a")',
  '++count',
  '(function () { log("called") })()',
  '* 2',
  'function g() {}\n(3)',
  'class B {}\n[4]',
  'var c\n(5)',
  '{ log(6) }',
]

/** What is logged, what is thrown, and the value if `hasValue`. */
function outcome(run: (log: (value: unknown) => unknown) => readonly [unknown, boolean]): string {
  const logged: string[] = []
  const log = (value: unknown): unknown => {
    logged.push(typeof value)
    return value
  }
  try {
    const [value, hasValue] = run(log)
    return `${hasValue ? inspect(value) : 'no value'} ${logged.join()}`
  } catch (error) {
    const { name, message } = error as Error
    return `${name === 'SyntaxError' ? name : message} ${logged.join()}`
  }
}

for (const first of firsts) {
  test(`what follows '${first.replaceAll('\n', ' ⏎ ')}' means what it does in a script`, () => {
    for (const code of seconds.map((second) => `${first}\n${second}`)) {
      for (const source of [code, `type T = 1;\n${code}`]) {
        namespace.clear()
        let hasValue = false
        const found = outcome((log) => {
          namespace.define('log', log)
          namespace.define('count', 1)
          const cell = new Cell(source, 'cell', namespace)
          hasValue = cell.hasValue
          return [cell.run(), hasValue]
        })
        const wanted = outcome((log) => [
          runInContext(code, createContext({ log, count: 1 })),
          hasValue,
        ])
        assert.equal(found, wanted, source)
      }
    }
  })
}

test('a declaration of a type stands between the lines around it', async () => {
  for (const declaration of [
    'interface A { a: number }',
    'export interface A {\n  a: number\n}',
    'declare const a: number',
    "import type { A } from './a.ts'",
    'type A = number',
    'export type A<B> = {\n  a: B\n}',
    "export type { A } from './a.ts'",
  ]) {
    const cell = new Cell(`const b = (_: unknown) => 0\nb\n${declaration}\n(3)`, 'cell', namespace)
    assert.equal(cell.run(), 3, declaration)
  }
  const inside = new Cell(
    'const list = [\n/*\ninterface A\n*/ 1 as number]\nlist',
    'cell',
    namespace,
  )
  assert.deepEqual(inside.run(), [1])
})

test('an export without a semicolon does not run into the next line', async () => {
  for (const source of ['5\nexport { log }\n(3)', 'export default function () {}\n(3)']) {
    const cell = new Cell(`let log\nawait 1\n${source}`, 'cell', namespace)
    assert.deepEqual(await (cell.run() as Promise<Boxed>), [3], source)
  }
})
