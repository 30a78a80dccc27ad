import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Output } from '../../engine/mod.ts'
import { displayKey } from '../display.ts'
import { type Display, makeDisplay } from './display-global.ts'

interface World {
  readonly display: Display
  /** Data, metadata, whether it is an update, and the id, of what was shown. */
  readonly shown: (readonly unknown[])[]
  /** Resolves when everything that is under way has been shown. */
  settled(): Promise<unknown>
}

function world(): World {
  const shown: (readonly unknown[])[] = []
  const tracked: Promise<unknown>[] = []
  const output = {
    display: (data, metadata, transient, update) =>
      shown.push([data, metadata, update, transient['display_id']]),
    clearOutput: (wait) => shown.push(['clear', wait]),
  } as Partial<Output> as Output
  const display = makeDisplay({ output, track: (promise) => tracked.push(promise) })
  return { display, shown, settled: () => Promise.all(tracked) }
}

for (const [name, type] of [
  ['text', 'text/plain'],
  ['html', 'text/html'],
  ['markdown', 'text/markdown'],
  ['latex', 'text/latex'],
  ['javascript', 'application/javascript'],
] as const) {
  test(`display.${name} shows a text as ${type}`, () => {
    const { display, shown } = world()
    display[name]('<b>')
    assert.deepEqual(shown[0]?.[0], { [type]: '<b>' })
  })
}

test('a function for texts may stand before a template', () => {
  const { display, shown } = world()
  display.html`<b>${1 + 1}</b>\n`
  display.latex`\frac{${1}}{2}`
  assert.deepEqual(
    shown.map(([data]) => data),
    [{ 'text/html': '<b>2</b>\n' }, { 'text/latex': '\\frac{1}{2}' }],
  )
})

test('a value is shown as at the end of a cell', () => {
  const { display, shown } = world()
  display([1, 2])
  display({ [displayKey]: () => ({ 'text/html': 'own' }) })
  assert.deepEqual(
    shown.map(([data]) => data),
    [{ 'text/plain': '[ 1, 2 ]' }, { 'text/html': 'own' }],
  )
})

test('raw data is shown as it is, bytes as base64', () => {
  const { display, shown } = world()
  display({ 'image/png': Uint8Array.of(1, 2, 3), 'text/plain': 'a' }, { raw: true })
  assert.deepEqual(shown[0]?.[0], { 'image/png': 'AQID', 'text/plain': 'a' })
})

test('a picture has the size that it is given', () => {
  const { display, shown } = world()
  display.png('AQID', { width: 20 })
  assert.deepEqual(shown[0]?.slice(0, 2), [{ 'image/png': 'AQID' }, { 'image/png': { width: 20 } }])
})

test('SVG gets the namespace without which it is no picture', () => {
  const { display, shown } = world()
  display.svg('<svg><g/></svg>')
  display.svg('<svg xmlns="x"/>')
  assert.deepEqual(
    shown.map(([data]) => data),
    [
      { 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>' },
      { 'image/svg+xml': '<svg xmlns="x"/>' },
    ],
  )
})

test('what was shown is replaced in the same form, with the same options', () => {
  const { display, shown } = world()
  const handle = display.html('1', { metadata: { a: 1 } })
  handle.update('2')
  assert.deepEqual(shown, [
    [{ 'text/html': '1' }, { a: 1 }, false, handle.id],
    [{ 'text/html': '2' }, { a: 1 }, true, handle.id],
  ])
})

test('what goes with a value must be what JSON can say, or it fails where it is shown', () => {
  const { display, shown } = world()
  assert.throws(() => display(1, { metadata: { a: 1n } }), TypeError)
  assert.throws(() => display(1, { transient: { a: 1n } }), TypeError)
  assert.throws(() => display(1, { id: 5n as never }), TypeError)
  display.clear({ wait: 1n as never })
  display(1, { metadata: { a: new Date(0), b: () => 1 } })
  assert.deepEqual(
    shown.map(([data, metadata]) => [data, metadata]),
    [
      ['clear', true],
      [{ 'text/plain': '1' }, { a: '1970-01-01T00:00:00.000Z' }],
    ],
  )
})

test('displays have ids of their own, unless they are given one', () => {
  const { display, shown } = world()
  assert.notEqual(display(1).id, display(2).id)
  display(3, { id: 'mine' })
  display(4, { id: 'mine', update: true })
  assert.deepEqual(shown.at(-1)?.slice(2), [true, 'mine'])
})

test('what takes time to show is shown in its turn', async () => {
  const { display, shown, settled } = world()
  display({ [displayKey]: async () => ({ 'text/plain': 'first' }) })
  display.text('second')
  display.clear({ wait: true })
  display.text('third')
  assert.equal(shown.length, 0)
  await settled()
  assert.deepEqual(
    shown.map(([data]) => data),
    [{ 'text/plain': 'first' }, { 'text/plain': 'second' }, 'clear', { 'text/plain': 'third' }],
  )
})

test('a failure to show something does not keep back what comes after it', async () => {
  const { display, shown, settled } = world()
  display({ [displayKey]: async () => Promise.reject(new RangeError('no')) })
  display.text('next')
  await assert.rejects(settled(), RangeError)
  await new Promise(setImmediate)
  assert.deepEqual(shown[0]?.[0], { 'text/plain': 'next' })
})

test('a Vega-Lite specification is drawn by the front end, under the version that it names', () => {
  const { display, shown } = world()
  const spec = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', mark: 'bar' }
  display(spec)
  const data = shown[0]?.[0] as Record<string, unknown>
  assert.deepEqual(data['application/vnd.vegalite.v6+json'], spec)
})

test('a specification that was built says itself what it is', async () => {
  const { display, shown, settled } = world()
  display.vegaLite({ toSpec: () => ({ mark: 'line' }) }, { as: 'interactive' })
  await settled()
  const data = shown[0]?.[0] as Record<string, unknown>
  assert.deepEqual(data['application/vnd.vegalite.v5+json'], { mark: 'line' })
})

test('before anything ran, there is nowhere to show anything, and no harm', () => {
  const display = makeDisplay({ output: undefined, track() {} })
  display(1).update(2)
  display.clear()
})

test('display and its forms have names, for who asks what they are', () => {
  const { display } = world()
  assert.equal((display as unknown as { name: string }).name, 'display')
  assert.equal((display.html as unknown as { name: string }).name, 'html')
})
