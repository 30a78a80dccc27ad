import { equal, limits } from '../base/mod.ts'

type Callable = (...args: unknown[]) => unknown

/**
 * Functions by their encoded bytes, so that the many calls of a map build theirs once. Only for
 * those that depend on nothing but their arguments: `Decoded.isStateless`.
 */
export class FunctionCache {
  readonly #entries = new Map<number, { readonly bytes: Uint8Array; readonly fn: Callable }>()

  get(bytes: Uint8Array): Callable | undefined {
    if (bytes.length > limits.keptFunctionBytesMax) return undefined
    const entry = this.#entries.get(hash(bytes))
    return entry !== undefined && equal(entry.bytes, bytes) ? entry.fn : undefined
  }

  set(bytes: Uint8Array, fn: Callable): void {
    if (bytes.length > limits.keptFunctionBytesMax) return
    const key = hash(bytes)
    this.#entries.delete(key)
    // A copy: the bytes may be a view of a whole message.
    this.#entries.set(key, { bytes: bytes.slice(), fn })
    if (this.#entries.size <= limits.keptFunctionsMax) return
    const [oldest] = this.#entries.keys()
    this.#entries.delete(oldest!)
  }
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193)
  return value
}
