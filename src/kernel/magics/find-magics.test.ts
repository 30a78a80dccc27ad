import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MagicSyntax, mayHaveMagics, transformMagics } from './find-magics.ts'

const syntax: MagicSyntax = {
  line: ['cd', 'ls', 'px', 'pxconfig', 'time'],
  cell: ['bash', 'px', 'time'],
  expands: (name) => name === 'cd',
  isName: (name) => name === 'done' || name === 'time',
}
const transform = (code: string): string => transformMagics(code, syntax)
const runner = 'globalThis[Symbol.for("iparallel.cell.magic")]'
const call = (...args: string[]): string => `${runner}.value(await ${runner}(${args.join(',')}))`

test('a line magic becomes a call, and every line stays where it was', () => {
  assert.equal(
    transform('let a = 1\n%px sim.run()\na'),
    `let a = 1\n${call('"line"', '"px"', '"sim.run()"')};\na`,
  )
})

test('a cell magic takes the rest of the cell as it is', () => {
  const body = 'if true; then\n  echo `date`\nfi\n'
  const expected = call('"cell"', '"bash"', '"-e"', JSON.stringify(body))
  assert.equal(transform(`%%bash -e\n${body}`), expected)
  assert.equal(transform(`\n\n%%bash -e\n${body}`), `\n\n${expected}`)
})

for (const code of [
  'a\n% b',
  'a\n%b',
  'x = 7 %\n%px',
  '`\n%px 1\n`',
  '/*\n%px 1\n*/',
  'f(\n%px\n)',
  'const ok = !done',
  '!done',
  '!done && go()',
  '!misspelt(done)',
  "!/^a\\/b/i.test('x')",
  '!done instanceof Set',
  '!(async () => {})()',
  '!function () {}()',
  '!!done',
  'const loading = 1\nconst ready = !loading',
  'cond ?\n1 : 2',
  'a ??\nb',
  'function f(q) {\n  const r = !q\n  return r\n}',
  'total\n%time',
]) {
  test(`${JSON.stringify(code)} is code, and stays as it is`, () => {
    assert.equal(transform(code), code)
  })
}

test('what follows is no part of the call; comments are nothing that follows', () => {
  const magic = call('"line"', '"px"', '"1"')
  assert.equal(transform('%px 1\n(a)'), `${magic};\n(a)`)
  assert.equal(transform('%px 1\n// done'), `${magic}\n// done`)
})

test('a magic may stand in a block, but only where a statement may begin', () => {
  const inBlock = 'for (const i of [1]) {\n  %px step()\n}'
  assert.equal(
    transform(inBlock),
    `for (const i of [1]) {\n  ${call('"line"', '"px"', '"step()"')};\n}`,
  )
})

test('the value of a magic or a command can be given a name', () => {
  assert.equal(
    transform('const t: number = %time f()'),
    `const t: number = ${call('"line"', '"time"', '"f()"')}`,
  )
  assert.equal(
    transform('const files = !ls *.ts'),
    `const files = ${call('"line"', '"sx"', '`ls *.ts`')}`,
  )
})

test('a command is one by its space, or when its first word is no name', () => {
  assert.equal(transform('!ls -l'), call('"line"', '"system"', '`ls -l`'))
  assert.equal(transform('!done --now'), call('"line"', '"system"', '`done --now`'))
  assert.equal(transform('!done it'), call('"line"', '"system"', '`done it`'))
  assert.equal(transform('! done'), call('"line"', '"system"', '`done`'))
  assert.equal(transform('!./done'), call('"line"', '"system"', '`./done`'))
  assert.equal(transform('!!ls'), call('"line"', '"sx"', '`ls`'))
})

test('a line that ends with a backslash goes on in the next, and no line is lost', () => {
  assert.equal(
    transform('!echo a \\\n  b\nx'),
    `${call('"line"', '"system"', '`echo a  b`')};\n\nx`,
  )
})

test('quotes of a command do not make the rest of the cell a string', () => {
  const lines = transform("!echo it's\n%px 1").split('\n')
  assert.equal(lines[1], call('"line"', '"px"', '"1"'))
})

test('help is asked before or after a name, a magic included', () => {
  for (const code of ['rc.ids?', '?rc.ids', ' rc.ids ? ', 'rc.ids?;']) {
    assert.match(transform(code), /"pinfo","rc\.ids"/, code)
  }
  assert.match(transform('f??'), /"pinfo2","f"/)
  assert.match(transform('%px?'), /"pinfo","%px"/)
  assert.match(transform('%%px?'), /"pinfo","%%px"/)
  assert.match(transform('let a = 1\na?\nb?'), /"pinfo","a".*\n.*"pinfo","b"/)
})

test('a magic that does not exist is an error that names the nearest one', () => {
  const message = (code: string): string => {
    try {
      transform(code)
    } catch (error) {
      return (error as Error).message
    }
    return assert.fail('no error')
  }
  assert.match(
    message('%pxconfg --block'),
    /^Line magic function `%pxconfg` not found\. Did you mean %pxconfig\?/,
  )
  assert.match(message('%%bsh\nls'), /^Cell magic `%%bsh` not found\. Did you mean %%bash\?/)
  assert.match(message('%bash'), /But %%bash exists: it takes a whole cell/)
  assert.match(message('%%cd /tmp'), /But %cd exists: it takes one line/)
  assert.match(message('1\n%nothing at all'), /`%nothing` not found/)
  assert.match(message('let a;\n%%px\n1'), /%%px takes a whole cell/)
})

test('most cells are known to have no magics without a look at their syntax', () => {
  for (const code of ['1 + 1', 'a % b', 'if (!a) f()', 'x ? y : z', 'a?.b']) {
    assert.equal(mayHaveMagics(code), false, code)
  }
  for (const code of ['%px 1', ' %%bash', '!ls', 'x = !ls', 'f?', '?f', 'f??;']) {
    assert.equal(mayHaveMagics(code), true, code)
  }
})
