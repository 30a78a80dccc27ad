import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPythonFile } from './python-file.ts'

function values(text: string): Record<string, unknown> {
  const { settings } = readPythonFile(text, 'x.py')
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]))
}

function warnings(text: string): readonly string[] {
  return readPythonFile(text, 'x.py').warnings
}

const literals: readonly (readonly [python: string, value: unknown])[] = [
  ["'*'", '*'],
  ['"it\'s"', "it's"],
  [String.raw`u'C:\Data\parallel'`, String.raw`C:\Data\parallel`],
  [String.raw`r'C:\temp\new'`, String.raw`C:\temp\new`],
  [String.raw`'C:\\temp\\new'`, String.raw`C:\temp\new`],
  [String.raw`'a\tb\x41\u00e9\U0001F600\101'`, 'a\tbAé😀A'],
  [String.raw`'\d\ '`, String.raw`\d\ `],
  [String.raw`r'a\'b'`, String.raw`a\'b`],
  ["'a' 'b'", 'ab'],
  ["'''two\nlines'''", 'two\nlines'],
  ["b'key'", 'key'],
  ['12', 12],
  ['-1.5e3', -1500],
  ['1_000', 1000],
  ['0x1F', 31],
  ['.5', 0.5],
  ['True', true],
  ['False', false],
  ['None', null],
  ['[]', []],
  ["['a', 'b',]", ['a', 'b']],
  ['(1, 2)', [1, 2]],
  ['(1,)', [1]],
  ['(1)', 1],
  ['{1, 2}', [1, 2]],
  ["{'a': {'b': [1]}, 'c': None}", { a: { b: [1] }, c: null }],
  ["[\n  'x',  # why\n  'y',\n]", ['x', 'y']],
]
for (const [python, value] of literals) {
  test(`reads ${JSON.stringify(python)}`, () => {
    const text = `c = get_config()\nc.A.b = ${python}  # note\nc.A.after = 1\n`
    assert.deepEqual(values(text), { 'A.b': value, 'A.after': 1 })
  })
}

test('a key called __proto__ is a key', () => {
  const dict = values("c.A.b = {'__proto__': 1}")['A.b']
  assert.deepEqual(Object.keys(dict as object), ['__proto__'])
})

test('every setting has its line, behind literals of several lines too', () => {
  const { settings } = readPythonFile(
    '# note\r\nc.A.b = [\r\n 1,\r\n]\r\n\r\nc.A.d = 2\r\n',
    'x.py',
  )
  assert.deepEqual(
    settings.map(({ place }) => place.line),
    [2, 6],
  )
})

test('two statements may share a line', () => {
  assert.deepEqual(values('c.A.b = 1; c.A.d = 2'), { 'A.b': 1, 'A.d': 2 })
})

test('the first lines of every such file are no reason for a warning', () => {
  assert.deepEqual(
    warnings('"""Configuration."""\n\nimport os\nc = get_config()  # noqa\n#c.A.b = 1\n'),
    [],
  )
})

const notRead: readonly (readonly [what: string, text: string, warning: RegExp])[] = [
  ['a call', "c.A.b = os.path.join('a', 'b')", /^x\.py:1: c\.A\.b is not read/],
  ['a name', 'c.A.b = other', /^x\.py:1: c\.A\.b is not read/],
  ['an expression that starts as a literal', 'c.A.b = 2 * 3', /^x\.py:1: c\.A\.b is not read/],
  ['a formatted string', "c.A.b = f'{x}'", /^x\.py:1: c\.A\.b is not read/],
  ['a method of a list', "c.A.b.append('x')", /^x\.py:1: 'c\.A\.b\.append/],
  ['another file', "load_subconfig('x.py', profile='default')", /^x\.py:1: 'load_subconfig/],
  [
    'a string that is not closed',
    "c.A.b = 'x\n",
    /^x\.py:1: c\.A\.b is not read: the string is not/,
  ],
  ['a list that is not closed', 'c.A.b = [1,\n', /^x\.py:1: c\.A\.b is not read: the '\[' is not/],
  ['brackets beyond measure', `c.A.b = ${'['.repeat(100_000)}`, /nested too deeply/],
]
for (const [what, text, warning] of notRead) {
  test(`${what} is named in one warning and sets nothing`, () => {
    const content = readPythonFile(text, 'x.py')
    assert.deepEqual(content.settings, [])
    assert.equal(content.warnings.length, 1)
    assert.match(content.warnings[0]!, warning)
  })
}

test('a block is named once, and what follows it is read', () => {
  const text = "if x:\n  c.A.b = 1\n\n  c.A.d = '''\nc.A.e = 1\n'''\nc.A.f = 2\n"
  assert.deepEqual(values(text), { 'A.f': 2 })
  assert.equal(warnings(text).length, 1)
})

test('a statement of several lines is skipped as a whole', () => {
  assert.deepEqual(values('foo(\nc.A.b = 1\n)\nc.A.d = 2'), { 'A.d': 2 })
})

test('an escape that Python refuses is kept as typed, with a warning', () => {
  const text = String.raw`c.A.b = u'C:\Users\x'`
  assert.deepEqual(values(text), { 'A.b': String.raw`C:\Users\x` })
  assert.match(warnings(text)[0]!, /^x\.py:1: .*Python refuses '\\U'/)
})

test('a path in which a backslash and a letter mean a tab is doubted', () => {
  assert.match(warnings(String.raw`c.A.b = 'C:\temp'`)[0]!, /"\\t".*write r'/)
})

test('hundreds of statements that cannot be read take no long time', () => {
  const text = `${'x = [\'a\' + "b", (1)]\n'.repeat(20_000)}c.A.b = 1`
  assert.deepEqual(values(text), { 'A.b': 1 })
})
