import { limits } from '../base/mod.ts'

const stateWord = 0
const backlogWord = 1
const exitWord = 2
/** From here on one word for each request that may be with the other thread. */
const firstClaim = 3
const claims = limits.requestsAheadMax
const words = firstClaim + claims

/** In the word of a request that has begun or was withdrawn; before that, its token stands there. */
const taken = 0

/** In the state word: nothing is being worked on. Otherwise the request, negative to stop it. */
const idle = 0

/** What stands for a request in a word: positive, and different for those that are near. */
function tokenOf(request: number): number {
  return (request % 0x7fff_ffff) + 1
}

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
  #token = tokenOf(0)

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * words)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The serving thread: `request` goes to the other one now, which may begin it. */
  offer(request: number): void {
    Atomics.store(this.#words, firstClaim + (request % claims), tokenOf(request))
  }

  /** Either thread: true for the one that comes first, to begin the request or to withdraw it. */
  claim(request: number): boolean {
    const token = tokenOf(request)
    const word = firstClaim + (request % claims)
    return Atomics.compareExchange(this.#words, word, token, taken) === token
  }

  /** What runs between `enter` and `leave` from now on is the work on `request`. */
  workOn(request: number): void {
    this.#token = tokenOf(request)
  }

  /** The thread that runs user code: from here to `leave` it may be stopped at any moment. */
  enter(): void {
    Atomics.store(this.#words, stateWord, this.#token)
  }

  /**
   * From here on nothing of this thread is stopped. A termination that is already on its way
   * strikes within this call, which then never returns.
   */
  leave(): void {
    const stopping = -this.#token
    if (Atomics.compareExchange(this.#words, stateWord, this.#token, idle) !== stopping) return
    while (Atomics.load(this.#words, stateWord) === stopping) {
      Atomics.wait(this.#words, stateWord, stopping, recheckMs)
    }
  }

  /**
   * The serving thread: whether the other one, which works on `request`, is now bound to be
   * stopped before it goes on to something else. It must be, then, until `endStop`.
   */
  beginStop(request: number): boolean {
    const token = tokenOf(request)
    return Atomics.compareExchange(this.#words, stateWord, token, -token) === token
  }

  /** The serving thread: the other has been stopped, or cannot be and goes on. */
  endStop(request: number, wasStopped: boolean): void {
    const token = tokenOf(request)
    Atomics.compareExchange(this.#words, stateWord, -token, wasStopped ? idle : token)
    Atomics.notify(this.#words, stateWord)
  }

  /** Waits while the other thread has more output to deal with than it should keep. */
  addOutput(chars: number): void {
    if (chars === 0) return
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
