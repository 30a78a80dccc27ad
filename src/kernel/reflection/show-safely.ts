import { type InspectOptions, inspect, types } from 'node:util'
import { descriptorOf, holderOf } from './known-value.ts'

/** How deep, and how many members of each object, the search for the user's code goes. */
const depthMax = 4
const membersMax = 100

/** What Node's inspector asks of any object, and of errors: getters of these would be run. */
const askedOfAll: readonly PropertyKey[] = [Symbol.toStringTag]
const askedOfErrors: readonly PropertyKey[] = ['name', 'message', 'stack', 'cause']

const native = /\{\s*\[native code\]\s*\}\s*$/

function isUsersGetter(value: object, key: PropertyKey): boolean {
  const getter = descriptorOf(value, key)?.get
  return getter !== undefined && !native.test(Function.prototype.toString.call(getter))
}

/** Whether showing the value would run code of the user. */
function runsCode(value: unknown, depth: number): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const holder = holderOf(value)
  if (holder === undefined || depth > depthMax) return false
  const asked = types.isNativeError(value) ? [...askedOfAll, ...askedOfErrors] : askedOfAll
  if (asked.some((key) => isUsersGetter(value, key))) return true
  if (ArrayBuffer.isView(value)) return false
  const members = Array.isArray(value) ? value.slice(0, membersMax) : membersOf(value)
  return members.some((member) => runsCode(member, depth + 1))
}

function membersOf(value: object): unknown[] {
  const found: unknown[] = []
  for (const key of Object.keys(value).slice(0, membersMax)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor !== undefined && 'value' in descriptor) found.push(descriptor.value)
  }
  return found
}

/**
 * A value as Node's console shows it, but without running anything of the user's: getters,
 * `inspect.custom`, traps of proxies. Where that cannot be, only the names of its members.
 */
export function showSafely(value: unknown, options: InspectOptions): string {
  try {
    if (runsCode(value, 0)) return `{ ${Object.keys(value as object).join(', ')} }`
    return inspect(value, { ...options, customInspect: false, getters: false, showProxy: true })
  } catch (thrown) {
    return `[cannot be shown: ${String(thrown)}]`
  }
}
