import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limits } from '../base/mod.ts'

let collect: (() => void) | undefined

/** V8's own collector, which Node shows only to those who ask for it at the start. */
function collector(): () => void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
    setFlagsFromString('--no-expose-gc')
  }
  return collect
}

/**
 * Gives memory back when a thread has had nothing to do for a while: V8 looks for garbage only
 * when more is made. Large heaps are left alone, because looking through them takes long.
 */
export class IdleCollector {
  #usedMs = 0
  #isArmed = false

  /** Something has just been done. */
  used(): void {
    this.#usedMs = performance.now()
    if (this.#isArmed) return
    this.#isArmed = true
    this.#look(limits.idleCollectionMs)
  }

  #look(afterMs: number): void {
    setTimeout(() => {
      const restMs = this.#usedMs + limits.idleCollectionMs - performance.now()
      if (restMs > 0) {
        this.#look(restMs)
        return
      }
      this.#isArmed = false
      if (getHeapStatistics().used_heap_size <= limits.idleHeapBytesMax) collector()()
    }, afterMs).unref()
  }
}
