import { createRequire } from 'node:module'
import process from 'node:process'
import { setTimeout } from 'node:timers'
import { runInNewContext } from 'node:vm'
import { limits } from '../base/mod.ts'

/** Neither `node:perf_hooks` nor `node:v8` is loaded before it is needed: that takes long. */
const nowMs = (): number => process.uptime() * 1_000

let collect: (() => void) | undefined

/** V8's own collector, which Node shows only to those who ask for it at the start. */
function collector(): () => void {
  if (collect === undefined) {
    const v8 = createRequire(import.meta.url)('node:v8') as typeof import('node:v8')
    // The flag stays: it is one for all threads, and another may be about to do the same.
    v8.setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  return collect
}

/**
 * Gives memory back when a thread has had nothing to do for a while: V8 looks for garbage only
 * when more is made. Large heaps are left alone, because looking through them takes long.
 */
export class IdleCollector {
  readonly #idleMs: number
  #usedMs = 0
  #isArmed = false

  /** `idleMs`: milliseconds without work after which to begin. */
  constructor(idleMs: number = limits.idleCollectionMs) {
    this.#idleMs = idleMs
  }

  /** Something has just been done. */
  used(): void {
    this.#usedMs = nowMs()
    if (this.#isArmed) return
    this.#isArmed = true
    this.#look(this.#idleMs)
  }

  #look(afterMs: number): void {
    setTimeout(() => {
      const restMs = this.#usedMs + this.#idleMs - nowMs()
      if (restMs > 0) {
        this.#look(restMs)
        return
      }
      this.#isArmed = false
      if (process.memoryUsage().heapUsed <= limits.idleHeapBytesMax) collector()()
    }, afterMs).unref()
  }
}
