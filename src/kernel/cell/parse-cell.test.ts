import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCell } from './parse-cell.ts'

function stackOf(source: string): string {
  try {
    parseCell(source, 'cell 3')
  } catch (thrown) {
    assert.ok(thrown instanceof SyntaxError)
    return thrown.stack ?? ''
  }
  return assert.fail('it was parsed')
}

test('JavaScript is left as it is', () => {
  const { text, isTypeScript } = parseCell('const x = 1 // one', 'cell')
  assert.equal(text, 'const x = 1 // one')
  assert.equal(isTypeScript, false)
})

test('type arguments of a call are not taken for comparisons', () => {
  const { text } = parseCell('f<string>(x)', 'cell')
  assert.equal(text.replaceAll(' ', ''), 'f(x)')
})

test('comparisons are not taken for type arguments', () => {
  assert.equal(parseCell('a < b && c > d', 'cell').isTypeScript, false)
})

test('an object literal that stands alone is an object', () => {
  const { program, isObject } = parseCell('{ a: 1, b: { c: 2 } }', 'cell')
  assert.ok(isObject)
  assert.equal(program.body[0]?.type, 'ExpressionStatement')
})

test('comments around an object literal that stands alone do not matter', () => {
  assert.ok(parseCell("/* a { */ { url: 'http://a' } // end", 'cell').isObject)
  assert.ok(parseCell('// first\n{\n  a: 1, // one\n}\n', 'cell').isObject)
})

test('an expression that begins like a block is not taken for an object', () => {
  assert.ok(!parseCell('{ a }\n+1', 'cell').isObject)
  assert.ok(!parseCell('{ a: 1 };', 'cell').isObject)
})

test('a block that stands alone is a block', () => {
  const { program } = parseCell('{ f(); g() }', 'cell')
  assert.equal(program.body[0]?.type, 'BlockStatement')
})

test('an error of syntax names the cell, shows the line and points at the column', () => {
  assert.equal(
    stackOf('let a = 1\nlet b = ;'),
    "cell 3:2\nlet b = ;\n        ^\n\nSyntaxError: Unexpected token ';'",
  )
})

test('an error in TypeScript points at the column that was typed', () => {
  const stack = stackOf('let a: number = 1, b: Map<string, number> = ]')
  const [, line, caret] = stack.split('\n')
  assert.equal(caret?.length, line!.indexOf(']') + 1)
})

test('the caret stands below the character after tabs, too', () => {
  assert.equal(stackOf('\tlet b = ;').split('\n')[2], '\t        ^')
})

test('what is missing at the end is said to be missing', () => {
  assert.match(stackOf('foo('), /SyntaxError: Unexpected end of input$/)
})

test('a return outside of a function is refused', () => {
  assert.match(stackOf('return 1'), /'return' outside of function/)
})

test('a name declared twice in one cell is refused', () => {
  assert.match(stackOf('let a = 1\nlet a = 2'), /'a' has already been declared/)
})

test('a namespace is compiled rather than left out', () => {
  const { text, lowered } = parseCell('namespace N {\n  export const x = 1\n}', 'cell')
  assert.match(text, /x = 1/)
  assert.ok(lowered !== undefined)
})

test('an error beside a namespace points at the line and the column that were typed', () => {
  assert.match(
    stackOf('namespace N { export const x = 1 }\nlet b = ;'),
    /^cell 3:2\nlet b = ;\n {8}\^\n\nSyntaxError: /,
  )
})

test('what only looks like JSX is not taken for it', () => {
  assert.doesNotMatch(stackOf('/(?<x>a/.exec("a")'), /JSX/)
})

test('a break outside of a loop is refused in the words of V8', () => {
  assert.match(stackOf('break'), /SyntaxError: Illegal break statement/)
  assert.match(stackOf('1 = 2'), /SyntaxError: Invalid left-hand side in assignment/)
  assert.match(
    stackOf('[1].map((x: number) => await x)'),
    /SyntaxError: await is only valid in async/,
  )
})

test('JSX is refused by its name', () => {
  assert.match(stackOf('const a = <div>text</div>'), /SyntaxError: Cells leave JSX alone/)
})

test('a long text that looks a little like type arguments is parsed in no time', () => {
  const source = `${'a < b; '.repeat(20_000)}x`
  const start = performance.now()
  parseCell(source, 'cell')
  assert.ok(performance.now() - start < 5_000)
})
