import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { JsonObject } from '../jupyter/mod.ts'
import { ansi, loadHighlighter, plainCode, spansOfHtml } from './colours.ts'
import { type RichTextOptions, richText } from './rich-text.ts'
import { imageProtocol, imageSequence } from './terminal-images.ts'

const options: RichTextOptions = {
  colours: false,
  images: undefined,
  columns: 60,
  save: (extension) => `/tmp/picture.${extension}`,
}

async function shown(data: JsonObject, change: Partial<RichTextOptions> = {}): Promise<string> {
  return (await richText(data, { ...options, ...change })).text
}

test('plain text is shown before anything else that is text', async () => {
  assert.equal(await shown({ 'text/html': '<b>x</b>', 'text/plain': ['a', 'b'] }), 'ab')
})

test('plain text that says nothing gives way to Markdown, HTML, or JSON', async () => {
  const plain = { 'text/plain': '<IPython.core.display.HTML object>' }
  const html =
    '<h1>Title</h1><table><tr><th>name</th><th>n</th></tr><tr><td>Ann</td><td>2</td></tr></table>'
  const text = await shown({ ...plain, 'text/html': html })
  assert.deepEqual(
    text.split('\n').map((line) => line.trimEnd()),
    ['Title', '', 'name   n', 'Ann    2'],
  )
  assert.equal(await shown({ ...plain, 'text/markdown': '# Head' }), '# Head')
  assert.equal(
    await shown({ ...plain, 'application/json': { a: [1] } }),
    '{\n  "a": [\n    1\n  ]\n}',
  )
  assert.equal(await shown(plain), plain['text/plain'])
})

test('colours of the kernel go where there are none', async () => {
  assert.equal(await shown({ 'text/plain': '\x1b[33m1\x1b[39m' }), '1')
  const coloured = await shown({ 'text/plain': '\x1b[33m1\x1b[39m' }, { colours: true })
  assert.equal(coloured, '\x1b[33m1\x1b[39m')
})

test('a picture becomes a file, beside what is said of it', async () => {
  const data = { 'image/svg+xml': '<svg/>', 'image/png': 'AAAA', 'text/plain': '<Figure size 2x1>' }
  assert.equal(await shown(data), 'PNG: /tmp/picture.png\nSVG: /tmp/picture.svg')
})

test('a terminal that shows pictures gets them', async () => {
  const { text, picture } = await richText(
    { 'image/png': 'AA\nAA' },
    { ...options, images: 'kitty' },
  )
  assert.equal(text, '\x1b_Ga=T,f=100,m=0;AAAA\x1b\\\n')
  assert.ok(picture)
  const jpeg = await shown({ 'image/jpeg': 'AAAA' }, { images: 'kitty' })
  assert.equal(jpeg, 'JPG: /tmp/picture.jpg')
  const gif = await shown({ 'image/gif': 'AAAA' }, { images: 'iterm2' })
  assert.equal(gif, '\x1b]1337;File=inline=1;size=3:AAAA\x07\n')
})

test('a long picture goes to kitty in pieces', () => {
  const text = imageSequence('kitty', 'image/png', 'A'.repeat(10_000))!
  assert.deepEqual(
    [...text.matchAll(/m=(\d)/g)].map((match) => match[1]),
    ['1', '1', '0'],
  )
})

test('terminals are known by what they set, and not through tmux', () => {
  assert.equal(imageProtocol({ TERM: 'xterm-kitty' }), 'kitty')
  assert.equal(imageProtocol({ TERM_PROGRAM: 'iTerm.app' }), 'iterm2')
  assert.equal(imageProtocol({ TERM: 'xterm-256color' }), undefined)
  assert.equal(imageProtocol({ TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }), undefined)
})

test('TypeScript is coloured without a character lost', async () => {
  const highlight = await loadHighlighter('TypeScript')
  const code = 'const a: Map<string, "x & y"> = `$' + '{1 < 2}` // <b>\n'
  const spans = highlight(code)
  assert.equal(spans.map(({ text }) => text).join(''), code)
  assert.ok(spans.some(({ text, sgr }) => text === 'const' && sgr === '35'))
  assert.equal(stripVTControlCharacters(ansi(spans)), code)
})

test('a language that nobody knows has no colours', async () => {
  assert.equal(await loadHighlighter('no such language'), plainCode)
  assert.equal(await loadHighlighter('nosuchlanguage'), plainCode)
})

test('entities and nested spans of the highlighter are read', () => {
  const html = '<span class="hljs-string">a &amp; <span class="hljs-subst">b</span></span>&lt;'
  assert.deepEqual(spansOfHtml(html), [
    { text: 'a & ', sgr: '32' },
    { text: 'b', sgr: '0' },
    { text: '<', sgr: '' },
  ])
})
