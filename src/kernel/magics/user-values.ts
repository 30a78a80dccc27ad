import { types } from 'node:util'
import { cut } from '../failure.ts'
import type { Namespace } from '../namespace.ts'
import { showSafely } from '../reflection/show-safely.ts'

export interface UserValue {
  readonly name: string
  /** Its class, or what `typeof` says. */
  readonly type: string
  /** On one line. */
  readonly shown: string
}

const shownCharsMax = 60

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'function') {
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
  }
  if (typeof value !== 'object') return typeof value
  if (types.isProxy(value)) return 'Proxy'
  const prototype: object | null = Object.getPrototypeOf(value)
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof made === 'function' ? String(made.name) || 'object' : 'object'
}

/** What cells declared, by name; without what begins with `_`, as in IPython. */
export function userValues(namespace: Namespace): UserValue[] {
  const names = namespace.userNames.filter((name) => !name.startsWith('_')).sort()
  return names.flatMap((name) => {
    const found = namespace.peek(name)
    if (found === undefined) return []
    const text = showSafely(found.value, {
      depth: 1,
      maxArrayLength: 10,
      maxStringLength: 100,
      breakLength: Number.POSITIVE_INFINITY,
      compact: true,
    })
    return [
      { name, type: typeOf(found.value), shown: cut(text.replace(/\s+/g, ' '), shownCharsMax) },
    ]
  })
}
