import type { ChildProcess } from 'node:child_process'
import { ArgumentError, Deferred } from '../../base/mod.ts'
import type { DeathCause } from '../../jupyter/mod.ts'
import { signalGroup } from '../../node/mod.ts'
import type { LaunchedProcess, ProcessEnd } from './launcher.ts'
import { oomKills } from './oom-kills.ts'
import { outputTail } from './output-tail.ts'
import type { FromRole, ToRole } from './role-message.ts'

const windows = process.platform === 'win32'

/** Milliseconds in which a role that listens ends by itself; one that computes does not listen. */
const listenMs = 1_500

/** Lines of output among which V8's last words are. */
const lastWordsLines = 200

/** Processes that must not outlive this one. */
const bound = new Set<LocalProcess>()

function endAll(): void {
  for (const each of bound) each.abandon()
}

/** A child process with an IPC channel, in a process group of its own. */
export class LocalProcess implements LaunchedProcess {
  readonly pid: number
  readonly outputFile: string | undefined
  readonly #child: ChildProcess
  readonly #killAfterMs: number
  readonly #isWatcher: boolean
  readonly #ended = new Deferred<ProcessEnd>()
  readonly #early: FromRole[] = []
  #listener: ((message: FromRole) => void) | undefined
  #lastWords: string | undefined
  /** How the program ended that this process ran. */
  #inner: DeathCause | undefined
  #stopping = false

  /**
   * @param killAfterMs Milliseconds that it may take to stop.
   * @param isWatcher It runs another program and tells how that one ends.
   */
  constructor(
    child: ChildProcess,
    outputFile: string | undefined,
    killAfterMs: number,
    isWatcher = false,
  ) {
    this.#child = child
    this.#isWatcher = isWatcher
    this.#killAfterMs = killAfterMs
    this.pid = child.pid!
    this.outputFile = outputFile
    const killsBefore = oomKills()
    child.on('message', (message: FromRole) => this.#receive(message))
    // A message to a process that has just died is no reason to die as well.
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      bound.delete(this)
      if (bound.size === 0) process.off('exit', endAll)
      // An engine that is another program must not outlive the process that watches it.
      if (this.#isWatcher) this.#kill('SIGKILL')
      const inner = this.#inner
      this.#ended.resolve(
        inner === undefined
          ? this.#describe(code, signal, killsBefore)
          : this.#describe(inner.exitCode ?? null, inner.signal ?? null, killsBefore),
      )
    })
    if (bound.size === 0) process.on('exit', endAll)
    bound.add(this)
  }

  get ended(): Promise<ProcessEnd> {
    return this.#ended.promise
  }

  send(message: ToRole): boolean {
    // Windows tells later that the line is closed than that the process has ended.
    if (!this.#child.connected || this.#hasEnded) return false
    this.#child.send(message, () => {})
    return true
  }

  onMessage(listener: (message: FromRole) => void): void {
    this.#listener = listener
    for (const message of this.#early.splice(0)) listener(message)
  }

  stop(): Promise<ProcessEnd> {
    if (!this.#stopping && !this.#hasEnded) {
      this.#stopping = true
      this.keepAlive(true)
      // One that was detached has nothing to listen to.
      const patienceMs = this.send({ type: 'stop' }) ? Math.min(listenMs, this.#killAfterMs) : 0
      const terminate = setTimeout(() => this.#kill('SIGTERM'), patienceMs)
      const kill = setTimeout(() => this.#kill('SIGKILL'), this.#killAfterMs)
      void this.ended.then(() => {
        clearTimeout(terminate)
        clearTimeout(kill)
        // What the user's code started in there would stay behind.
        this.#kill('SIGTERM')
      })
    }
    return this.ended
  }

  kill(): void {
    if (!this.#hasEnded) this.#kill('SIGKILL')
  }

  signal(name: string): void {
    try {
      this.#child.kill(name as NodeJS.Signals)
    } catch (cause) {
      throw new ArgumentError(`this system has no signal '${name}'`, { cause })
    }
  }

  detach(): void {
    bound.delete(this)
    if (bound.size === 0) process.off('exit', endAll)
    this.send({ type: 'stay' })
    if (this.#child.connected) this.#child.disconnect()
    this.#child.unref()
  }

  keepAlive(alive: boolean): void {
    const { channel } = this.#child
    if (alive) {
      this.#child.ref()
      channel?.ref()
    } else {
      this.#child.unref()
      channel?.unref()
    }
  }

  /** The launching process is about to end: it cannot wait. */
  abandon(): void {
    // A controller that is left alone removes its files and ends; Windows' kill would not let it.
    this.#kill('SIGTERM')
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    // A group may outlive its leader; Windows has none.
    if (!windows || !this.#hasEnded) signalGroup(this.pid, signal)
  }

  #receive(message: FromRole): void {
    if (message.type === 'failed') this.#lastWords = message.message
    if (message.type === 'died') this.#inner = message.cause
    if (this.#listener === undefined) this.#early.push(message)
    else this.#listener(message)
  }

  #describe(
    code: number | null,
    signal: string | null,
    killsBefore: number | undefined,
  ): ProcessEnd {
    const kills = oomKills()
    const killedForMemory =
      signal === 'SIGKILL' &&
      kills !== undefined &&
      killsBefore !== undefined &&
      kills > killsBefore
    const aborted = code === 134 || signal === 'SIGABRT'
    const heapFull =
      aborted &&
      this.outputFile !== undefined &&
      /heap out of memory/.test(outputTail(this.outputFile, lastWordsLines))
    return {
      ...(code === null ? {} : { exitCode: code }),
      ...(signal === null ? {} : { signal }),
      ...(killedForMemory || heapFull ? { outOfMemory: true } : {}),
      ...(this.#lastWords === undefined ? {} : { message: this.#lastWords }),
    }
  }
}
