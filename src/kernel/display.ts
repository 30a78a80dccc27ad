import { Buffer } from 'node:buffer'
import { type InspectOptions, inspect } from 'node:util'
import type { MimeBundle } from '../engine/mod.ts'
import { isVegaLite, mediaTypes, vegaLiteType } from './display/media-types.ts'
import { htmlTable } from './display/record-table.ts'
import { describeFailure, isError, show } from './failure.ts'

/**
 * A method of this name gives the forms in which a value wants to be shown, by media type.
 * Source: Deno's Jupyter kernel, `Symbol.for("Jupyter.display")`.
 */
export const displayKey: unique symbol = Symbol.for('Jupyter.display')

const inspectOptions: InspectOptions = {
  depth: 4,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
}

/** As Node's console shows it: strings in quotes, nested objects to a depth; no colours. */
export function plainBundle(value: unknown): MimeBundle {
  try {
    // The stack of an error is the user's, without what called the cell.
    if (isError(value)) return { 'text/plain': describeFailure(value).traceback.join('\n') }
    return { 'text/plain': inspect(value, inspectOptions) }
  } catch {
    return { 'text/plain': show(value) }
  }
}

function method(value: object, name: PropertyKey): ((this: unknown) => unknown) | undefined {
  const found: unknown = (value as Record<PropertyKey, unknown>)[name]
  return typeof found === 'function' ? (found as (this: unknown) => unknown) : undefined
}

/** A proxy may refuse to be asked for a property that it does not know: then it has none. */
function ownDisplay(value: object): ((this: unknown) => unknown) | undefined {
  try {
    return method(value, displayKey)
  } catch {
    return undefined
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

/**
 * A bundle travels as JSON, bytes as base64: what JSON cannot say is left out here, not at the
 * other end.
 * @throws {TypeError} when it is no object.
 */
export function asBundle(shown: unknown): MimeBundle {
  if (typeof shown !== 'object' || shown === null) {
    throw new TypeError('A Jupyter.display method returns an object of data by media type.')
  }
  const entries = Object.entries(shown).map(([type, data]) => [
    type,
    isBytes(data) ? Buffer.from(data).toString('base64') : data,
  ])
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as MimeBundle
}

/** An element of the DOM, such as those that Observable Plot makes, says what it is in HTML. */
function elementBundle(value: object): MimeBundle | undefined {
  const { outerHTML, nodeName } = value as { outerHTML?: unknown; nodeName?: unknown }
  if (typeof outerHTML !== 'string' || typeof nodeName !== 'string') return undefined
  const name = nodeName.toLowerCase()
  const plain = { [mediaTypes.text]: `<${name}>` }
  return name === 'svg'
    ? { ...plain, [mediaTypes.svg]: standaloneSvg(outerHTML) }
    : { ...plain, [mediaTypes.html]: outerHTML }
}

/** SVG within a page may leave its namespace out; a picture on its own may not. */
export function standaloneSvg(text: string): string {
  return /^<svg[^>]*\sxmlns=/.test(text)
    ? text
    : text.replace(/^<svg/, '<svg xmlns="http://www.w3.org/2000/svg"')
}

/** The forms, besides plain text, of values that have none of their own. */
function richBundle(value: object): MimeBundle | undefined {
  // The API of vega-lite: what it builds is turned into JSON by `toSpec`.
  const spec = method(value, 'toSpec')?.call(value) ?? value
  if (typeof spec === 'object' && isVegaLite(spec)) return asBundle({ [vegaLiteType(spec)]: spec })
  const html = htmlTable(value)
  return html === undefined ? elementBundle(value) : { [mediaTypes.html]: html }
}

/**
 * A value as data by media type; a promise of it when its own display method gives one.
 * @throws whatever that method throws.
 */
export function displayBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return plainBundle(value)
  }
  const own = ownDisplay(value)
  if (own !== undefined) {
    const shown = own.call(value)
    return shown instanceof Promise ? shown.then(asBundle) : asBundle(shown)
  }
  let rich: MimeBundle | undefined
  try {
    rich = richBundle(value)
  } catch {
    // A getter or a proxy that throws: plain text can say so.
  }
  return { ...plainBundle(value), ...rich }
}
