import { limits } from '../base/mod.ts'

const stateWord = 0
const backlogWord = 1
const exitWord = 2
const words = 3

/** `user`: a request is being worked on. `stopping`: a termination is under way to the thread. */
const states = { idle: 0, user: 1, stopping: 2 } as const

/** Milliseconds between two looks at a word that should change soon. */
const recheckMs = 100
/** Looks after which a thread that makes no progress is no longer waited for. */
const rechecksMax = 100

/**
 * What the thread that runs user code and the thread that serves it tell each other without
 * messages, because neither can read one while it is busy. Both make one over the same memory.
 */
export class SharedControl {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * words)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The thread that runs user code: from here to `leave` it may be stopped at any moment. */
  enter(): void {
    Atomics.store(this.#words, stateWord, states.user)
  }

  /**
   * From here on nothing of this thread is stopped. A termination that is already on its way
   * strikes within this call, which then never returns.
   */
  leave(): void {
    const found = Atomics.compareExchange(this.#words, stateWord, states.user, states.idle)
    if (found !== states.stopping) return
    while (Atomics.load(this.#words, stateWord) === states.stopping) {
      Atomics.wait(this.#words, stateWord, states.stopping, recheckMs)
    }
  }

  /** The serving thread: whether the other is now bound to be stopped; it must be, then. */
  beginStop(): boolean {
    const { user, stopping } = states
    return Atomics.compareExchange(this.#words, stateWord, user, stopping) === user
  }

  /** The serving thread: the other has been stopped, or cannot be and goes on. */
  endStop(wasStopped: boolean): void {
    const state = wasStopped ? states.idle : states.user
    Atomics.compareExchange(this.#words, stateWord, states.stopping, state)
    Atomics.notify(this.#words, stateWord)
  }

  /** Waits while the other thread has more output to deal with than it should keep. */
  addOutput(chars: number): void {
    const backlog = Atomics.add(this.#words, backlogWord, chars) + chars
    if (backlog <= limits.outputBacklogCharsMax) return
    for (let i = 0; i < rechecksMax; i++) {
      const now = Atomics.load(this.#words, backlogWord)
      if (now <= limits.outputBacklogCharsMax / 2) return
      Atomics.wait(this.#words, backlogWord, now, recheckMs)
    }
  }

  removeOutput(chars: number): void {
    Atomics.sub(this.#words, backlogWord, chars)
    Atomics.notify(this.#words, backlogWord)
  }

  /** Waits until the other thread has said `confirmExit`, `timeoutMs` at most. */
  awaitExit(timeoutMs: number): void {
    Atomics.wait(this.#words, exitWord, 0, timeoutMs)
  }

  confirmExit(): void {
    Atomics.store(this.#words, exitWord, 1)
    Atomics.notify(this.#words, exitWord)
  }
}
