import process from 'node:process'
import { types } from 'node:util'
import type { Namespace } from '../namespace.ts'
import type { AccessChain } from './access-chain.ts'

/** A value that was found; a class of its own, because `undefined` can be found too. */
export interface Known {
  readonly value: unknown
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Where properties of `value` are looked for first; undefined where nothing may be looked at. */
export function holderOf(value: unknown): object | undefined {
  if (value === null || value === undefined) return undefined
  const holder: object = isObject(value) ? value : Object(value)
  // The traps of a proxy are user code.
  return types.isProxy(holder) ? undefined : holder
}

/** A property, own or inherited, without running a getter or the trap of a proxy. */
export function descriptorOf(value: unknown, name: PropertyKey): PropertyDescriptor | undefined {
  try {
    let holder = holderOf(value)
    while (holder !== undefined) {
      const found = Object.getOwnPropertyDescriptor(holder, name)
      if (found !== undefined) return found
      holder = holderOf(Object.getPrototypeOf(holder))
    }
  } catch {
    // An export of a module that is not initialised.
  }
  return undefined
}

/** Node has getters for them, which do nothing once something was printed. */
const streamGetters: ReadonlySet<unknown> = new Set(
  ['stdout', 'stderr'].map((name) => Object.getOwnPropertyDescriptor(process, name)?.get),
)

function member(value: unknown, name: string): Known | undefined {
  const found = descriptorOf(value, name)
  if (found === undefined) return undefined
  if ('value' in found) return { value: found.value }
  return found.get && streamGetters.has(found.get) ? { value: found.get.call(value) } : undefined
}

const literals = { string: '', array: [], regex: /(?:)/ } as const

/** The value that an expression has now, where that can be told without running anything. */
export function knownValue(namespace: Namespace, { root, steps }: AccessChain): Known | undefined {
  let found: Known | undefined
  switch (root.kind) {
    case 'name':
      found = root.name === 'this' ? { value: globalThis } : namespace.peek(root.name)
      break
    case 'literal':
      found = { value: literals[root.value] }
      break
    case 'instance': {
      const made = knownValue(namespace, root.of)
      const prototype = made && member(made.value, 'prototype')?.value
      if (isObject(prototype)) found = { value: Object.create(prototype) }
    }
  }
  for (const step of steps) {
    if (found === undefined) return undefined
    found = member(found.value, step)
  }
  return found
}
