import { types } from 'node:util'
import { holderOf } from './known-value.ts'

export interface MemberName {
  readonly name: string
  /** 0 for the object itself, 1 for its prototype, and so on; more for what is rarely wanted. */
  readonly distance: number
}

/** Prototypes that are followed. */
const depthMax = 50
/** Added to the distance of what everything has, so that it comes last. */
const common = 100
const veryCommon = 200
const objectPrototype = Object.prototype
const functionPrototype = Function.prototype
const functionsOwn = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

function ownNames(holder: object): string[] {
  // Names of elements are of no use to anybody, and there may be millions of them.
  if (ArrayBuffer.isView(holder)) return []
  if (Array.isArray(holder)) {
    return holder.length > 10_000 ? ['length'] : withoutIndices(holder)
  }
  return holder instanceof String ? ['length'] : Object.getOwnPropertyNames(holder)
}

function withoutIndices(holder: object): string[] {
  return Object.getOwnPropertyNames(holder).filter((name) => !/^\d+$/.test(name))
}

function distanceOf(holder: object, name: string, depth: number): number {
  if (holder === objectPrototype) return name.startsWith('__') ? veryCommon + 1 : veryCommon
  if (holder === functionPrototype) return common
  if (name === 'constructor') return veryCommon
  if (typeof holder === 'function' && functionsOwn.has(name)) return common - 1
  return depth
}

function compare(a: MemberName, b: MemberName): number {
  if (a.distance !== b.distance) return a.distance - b.distance
  const [aHidden, bHidden] = [a.name.startsWith('_'), b.name.startsWith('_')]
  if (aHidden !== bHidden) return aHidden ? 1 : -1
  return a.name < b.name ? -1 : 1
}

/** Names of the members of a value, its own first; no getter and no proxy's trap runs. */
export function memberNames(value: unknown): MemberName[] {
  const found = new Map<string, number>()
  let holder = holderOf(value)
  for (let depth = 0; holder !== undefined && depth < depthMax; depth++) {
    for (const name of ownNames(holder)) {
      if (!found.has(name)) found.set(name, distanceOf(holder, name, depth))
    }
    holder = holderOf(Object.getPrototypeOf(holder))
  }
  return [...found].map(([name, distance]) => ({ name, distance })).sort(compare)
}

/** Keys of an object or a record-like array, in their own order. */
export function ownKeys(value: unknown): string[] {
  const holder = holderOf(value)
  if (holder === undefined || ArrayBuffer.isView(holder) || types.isBoxedPrimitive(holder)) {
    return []
  }
  return Array.isArray(holder) ? [] : Object.keys(holder)
}
