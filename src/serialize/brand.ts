import { errorClasses } from './error-classes.ts'
import { platform } from './platform.ts'
import { viewClasses } from './view-kinds.ts'

/** A class of the language or the platform of which the codec knows how to write instances. */
export type BuiltinBrand =
  | 'Date'
  | 'RegExp'
  | 'Map'
  | 'Set'
  | 'Error'
  | 'DOMException'
  | 'Boxed'
  | 'View'
  | 'Buffer'
  | 'Array'
  | 'ArrayBuffer'
  | 'URL'

/**
 * What an object is by its internal slots, whatever its prototype or `Symbol.toStringTag` say, and
 * whichever realm (a `vm` context of a test runner) it comes from.
 */
export type Brand = BuiltinBrand | 'Object' | { readonly refused: string }

/** By the prototype: most objects need no closer look. */
const intrinsics: ReadonlyMap<object, BuiltinBrand> = new Map<object, BuiltinBrand>([
  [Map.prototype, 'Map'],
  [Set.prototype, 'Set'],
  [Date.prototype, 'Date'],
  [RegExp.prototype, 'RegExp'],
  [ArrayBuffer.prototype, 'ArrayBuffer'],
  [DataView.prototype, 'View'],
  ...viewClasses.map(({ prototype }) => [prototype, 'View'] as const),
  ...Object.values(errorClasses).map(({ prototype }) => [prototype, 'Error'] as const),
])

/** The class to which `prototype` belongs, if that is one of this realm's. */
export function intrinsicBrand(prototype: object): BuiltinBrand | undefined {
  return intrinsics.get(prototype)
}

const objectToString = Object.prototype.toString
const functionToString = Function.prototype.toString

const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')!.get!

/** How to tell, for accepted classes whose `toString` tag anyone can imitate: throws for those. */
const probes = {
  Map: (value: object) => Map.prototype.has.call(value as Map<unknown, unknown>, value),
  Set: (value: object) => Set.prototype.has.call(value as Set<unknown>, value),
  ArrayBuffer: (value: object) => byteLengthOf.call(value),
  BigInt: (value: object) => BigInt.prototype.valueOf.call(value),
} as const

const refused: Readonly<Record<string, string>> = {
  Promise: 'it is a Promise; await it first',
  WeakMap: 'it is a WeakMap, whose entries cannot be listed',
  WeakSet: 'it is a WeakSet, whose entries cannot be listed',
  WeakRef: 'it is a WeakRef; send what it refers to',
  SharedArrayBuffer: 'it is a SharedArrayBuffer, which other processes cannot share; copy it',
  Generator: 'it is a running generator; send its values, as in [...generator]',
  AsyncGenerator: 'it is a running async generator; send its values',
}

/** What `value` is, which is no function. */
export function brandOf(value: object): Brand {
  if (Array.isArray(value)) return 'Array'
  if (ArrayBuffer.isView(value)) return platform.Buffer?.isBuffer(value) ? 'Buffer' : 'View'
  const tag = objectToString.call(value).slice(8, -1)
  switch (tag) {
    case 'Date':
    case 'RegExp':
    case 'Error':
      return hidesItsSlot(value) ? 'Object' : tag
    case 'Number':
    case 'String':
    case 'Boolean':
      return hidesItsSlot(value) ? 'Object' : 'Boxed'
    case 'BigInt':
      return passes(tag, value) ? 'Boxed' : 'Object'
    case 'Map':
    case 'Set':
    case 'ArrayBuffer':
      return passes(tag, value) ? tag : 'Object'
    case 'URL':
      return platform.URL !== undefined && value instanceof platform.URL ? 'URL' : 'Object'
    case 'DOMException':
      return isDomException(value) ? tag : 'Object'
  }
  if (/ Iterator$/.test(tag)) {
    return { refused: `it is a running iterator (${tag}); send its values, as in [...iterator]` }
  }
  const reason = refused[tag]
  if (reason !== undefined) return { refused: reason }
  return value instanceof Error ? 'Error' : 'Object'
}

/** Whether `fn` belongs to the language or the platform: it has no source of its own. */
function isNative(fn: (...args: never[]) => unknown): boolean {
  return functionToString.call(fn).endsWith('{ [native code] }')
}

/** Whether `prototype` is the `Object.prototype` of some realm. */
export function isObjectPrototype(prototype: object): boolean {
  if (prototype === Object.prototype) return true
  if (Object.getPrototypeOf(prototype) !== null) return false
  const owner: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof owner === 'function' && owner.name === 'Object' && isNative(owner as () => unknown)
}

/** Whether `prototype` belongs to a builtin class, of whichever realm. */
export function isNativePrototype(prototype: object): boolean {
  const owner: unknown = prototype.constructor
  return typeof owner === 'function' && isNative(owner as () => unknown)
}

function isDomException(value: object): boolean {
  return platform.DOMException !== undefined && value instanceof platform.DOMException
}

function passes(tag: keyof typeof probes, value: object): boolean {
  try {
    probes[tag](value)
    return true
  } catch {
    return false
  }
}

/** `Object.prototype.toString` reports a class's own tag in place of the internal slot. */
function hidesItsSlot(value: object): boolean {
  return Symbol.toStringTag in value
}
