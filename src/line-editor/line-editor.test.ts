import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EditorRequest, InputHistory, type Key, LineEditor } from './mod.ts'

/** `ctrl-r`, `enter`, `text:abc`, `paste:abc`; anything else is text. */
function keyOf(name: string): Key {
  const [kind, ...rest] = name.split(':')
  if (kind === 'paste') return key('paste', { text: rest.join(':') })
  if (kind === 'text') return key('text', { text: rest.join(':') })
  const parts = name.split('-')
  const last = parts.pop()!
  const has = (modifier: string) => parts.includes(modifier)
  return key(last, { ctrl: has('ctrl'), alt: has('alt'), shift: has('shift') })
}

function key(name: string, change: Partial<Key> = {}): Key {
  return { name, ctrl: false, alt: false, shift: false, text: '', ...change }
}

/** Presses one key after the other; returns what was asked for. */
function press(editor: LineEditor, ...names: string[]): (EditorRequest | undefined)[] {
  return names.map((name) => editor.press(keyOf(name)))
}

function editorWith(text: string, ...entries: string[]): LineEditor {
  const editor = new LineEditor({ history: new InputHistory(entries) })
  editor.set(text)
  return editor
}

test('letters go in at the cursor, and Backspace and Delete take whole characters', () => {
  const editor = editorWith('')
  press(editor, 'text:a', 'text:👩‍👩‍👧', 'text:e\u0301', 'left', 'left', 'text:x')
  assert.equal(editor.text, 'ax👩‍👩‍👧e\u0301')
  press(editor, 'delete')
  assert.equal(editor.text, 'axe\u0301')
  press(editor, 'end', 'backspace', 'backspace')
  assert.equal(editor.text, 'a')
})

test('Enter on the last line asks to run; above it, it begins a line as deep as this one', () => {
  const editor = editorWith('  a\nb')
  assert.deepEqual(press(editor, 'enter'), ['submit'])
  press(editor, 'up', 'end')
  assert.deepEqual(press(editor, 'enter'), [undefined])
  assert.equal(editor.text, '  a\n  \nb')
})

test('Alt-Enter and Ctrl-J always begin a line', () => {
  const editor = editorWith('a')
  assert.deepEqual(press(editor, 'alt-enter', 'ctrl-j'), [undefined, undefined])
  assert.equal(editor.text, 'a\n\n')
})

test('Up and Down keep to their column over shorter lines', () => {
  const editor = editorWith('abcdef\nab\nabcdef')
  press(editor, 'left', 'up', 'up', 'text:X')
  assert.equal(editor.text, 'abcdeXf\nab\nabcdef')
})

test('what is pasted is inserted as it is, with lines of any system', () => {
  const editor = editorWith('')
  assert.deepEqual(press(editor, 'paste:a\r\n\tb\rc'), [undefined])
  assert.equal(editor.text, 'a\n\tb\nc')
})

test('words and lines are killed and brought back', () => {
  const editor = editorWith('const answer = 42')
  press(editor, 'ctrl-w', 'ctrl-a', 'ctrl-y')
  assert.equal(editor.text, '42const answer = ')
  press(editor, 'alt-d')
  assert.equal(editor.text, '42 answer = ')
  press(editor, 'ctrl-k')
  assert.equal(editor.text, '42')
  press(editor, 'ctrl-u')
  assert.equal(editor.text, '')
})

test('undo takes back a word that was typed, then what came before', () => {
  const editor = editorWith('')
  press(editor, 'text:a', 'text:b', 'text: ', 'text:c', 'ctrl-_')
  assert.equal(editor.text, 'ab ')
  press(editor, 'ctrl-_', 'ctrl-_')
  assert.equal(editor.text, '')
})

test('Backspace within the indentation takes a step of it', () => {
  const editor = editorWith('{\n     ')
  press(editor, 'backspace')
  assert.equal(editor.text, '{\n    ')
  press(editor, 'backspace')
  assert.equal(editor.text, '{\n  ')
})

test('a bracket that closes at the beginning of its line goes a step back', () => {
  const editor = editorWith('if (x) {\n  ')
  press(editor, 'text:}')
  assert.equal(editor.text, 'if (x) {\n}')
  const other = editorWith('f(\n  a')
  press(other, 'text:)')
  assert.equal(other.text, 'f(\n  a)')
})

test('Up shows what began alike, Down comes back to what was typed', () => {
  const editor = editorWith('rc', 'const a = 1', 'rc.ids', 'rc.ids', 'view.map(f)')
  press(editor, 'up')
  assert.equal(editor.text, 'rc.ids')
  press(editor, 'up')
  assert.equal(editor.text, 'rc.ids')
  press(editor, 'down')
  assert.equal(editor.text, 'rc')
})

test('Up goes through the lines of an entry before it goes on to an older one', () => {
  const editor = editorWith('', 'older', 'a\nb')
  press(editor, 'up', 'up')
  assert.equal(editor.text, 'a\nb')
  press(editor, 'up')
  assert.equal(editor.text, 'older')
})

test('Ctrl-R finds the newest entry that contains what is typed, then older ones', () => {
  const editor = editorWith('typed', 'rc.ids // one', 'other', 'rc.ids // two')
  press(editor, 'ctrl-r', 'text:i', 'text:d')
  assert.equal(editor.text, 'rc.ids // two')
  assert.deepEqual(editor.view.search, { query: 'id', failed: false })
  press(editor, 'ctrl-r')
  assert.equal(editor.text, 'rc.ids // one')
  press(editor, 'ctrl-r')
  assert.deepEqual(editor.view.search, { query: 'id', failed: true })
  assert.deepEqual(press(editor, 'enter'), ['submit'])
  assert.equal(editor.text, 'rc.ids // one')
})

test('a search that is given up leaves what was typed', () => {
  const editor = editorWith('typed', 'rc.ids')
  press(editor, 'ctrl-r', 'text:rc', 'ctrl-g')
  assert.equal(editor.text, 'typed')
  assert.equal(editor.view.search, undefined)
})

test('Tab indents where nothing stands before it, else it asks for completion', () => {
  const editor = editorWith('')
  assert.deepEqual(press(editor, 'tab'), [undefined])
  assert.equal(editor.text, '  ')
  press(editor, 'text:rc')
  assert.deepEqual(press(editor, 'tab', 'shift-tab'), ['complete', 'inspect'])
})

test('one candidate is inserted, of several what they have in common', () => {
  const editor = editorWith('rc.que')
  editor.offer(['queueStatus'], 3, 6)
  assert.equal(editor.text, 'rc.queueStatus')
  assert.equal(editor.view.menu, undefined)
  const other = editorWith('rc.d')
  other.offer(['directView', 'direct'], 3, 4)
  assert.equal(other.text, 'rc.direct')
  assert.deepEqual(other.view.menu?.candidates, ['directView', 'direct'])
})

test('Tab goes through the menu, Enter takes, Escape gives up, a letter goes on', () => {
  const menu = () => {
    const editor = editorWith('x.')
    editor.offer(['push', 'pull'], 2, 2)
    return editor
  }
  const taken = menu()
  press(taken, 'tab', 'tab', 'shift-tab', 'down')
  assert.equal(taken.text, 'x.pull')
  assert.deepEqual(press(taken, 'enter'), [undefined])
  assert.equal(taken.view.menu, undefined)
  const escaped = menu()
  press(escaped, 'tab', 'escape')
  assert.equal(escaped.text, 'x.pu')
  const typed = menu()
  press(typed, 'tab', 'text:(')
  assert.equal(typed.text, 'x.push(')
  assert.equal(typed.view.menu, undefined)
})

test('Ctrl-C clears, Ctrl-D leaves when there is nothing and deletes otherwise', () => {
  const editor = editorWith('abc')
  press(editor, 'home')
  assert.deepEqual(press(editor, 'ctrl-d'), [undefined])
  assert.equal(editor.text, 'bc')
  assert.deepEqual(press(editor, 'ctrl-c', 'ctrl-d'), ['interrupt', 'leave'])
})

test('an editor of one line never gets a second', () => {
  const editor = new LineEditor({ singleLine: true })
  press(editor, 'paste:a\nb', 'alt-enter', 'tab')
  assert.equal(editor.text, 'a b')
  assert.deepEqual(press(editor, 'enter'), ['submit'])
})

test('the history forgets repetitions, empty cells, and the way that was gone', () => {
  const history = new InputHistory()
  assert.deepEqual(
    ['a', 'a', ' ', 'b'].map((entry) => history.add(entry)),
    [true, false, false, true],
  )
  assert.equal(history.older('', ''), 'b')
  history.add('c')
  assert.equal(history.older('', ''), 'c')
})
