import { type InspectOptions, inspect } from 'node:util'
import type { MimeBundle } from '../engine/mod.ts'
import { show } from './failure.ts'

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

/** As Node's console shows it: strings in quotes, nested objects to a depth. */
export function plainBundle(value: unknown): MimeBundle {
  try {
    return { 'text/plain': inspect(value, inspectOptions) }
  } catch {
    return { 'text/plain': show(value) }
  }
}

function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined
  const method: unknown = (value as { [displayKey]?: unknown })[displayKey]
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : undefined
}

/** A bundle travels as JSON: what JSON cannot say is left out here, not at the other end. */
function asBundle(shown: unknown): MimeBundle {
  if (typeof shown !== 'object' || shown === null) {
    throw new TypeError('A Jupyter.display method returns an object of data by media type.')
  }
  return JSON.parse(JSON.stringify(shown)) as MimeBundle
}

/**
 * A value as data by media type; a promise of it when its own display method gives one.
 * @throws whatever that method throws.
 */
export function displayBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const method = displayMethod(value)
  if (method === undefined) return plainBundle(value)
  const shown = method.call(value)
  return shown instanceof Promise ? shown.then(asBundle) : asBundle(shown)
}
