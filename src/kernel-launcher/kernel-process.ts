import { type ChildProcess, spawn } from 'node:child_process'
import { Deferred, IparallelError, limits } from '../base/mod.ts'
import type { DeathCause } from '../jupyter/mod.ts'
import { signalGroup } from '../node/mod.ts'

const windows = process.platform === 'win32'

/** A kernel's process did not start, or ended before it answered. */
export class KernelLaunchError extends IparallelError {
  override readonly code = 'IPAR_KERNEL_LAUNCH'
  override readonly retry = 'later'
}

export interface KernelProcessOptions {
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** Processes that must not outlive this one. */
const bound = new Set<KernelProcess>()

function killAll(): void {
  for (const each of bound) each.kill()
}

/** The process of a kernel, in a group of its own: keys of this terminal do not reach it. */
export class KernelProcess {
  readonly #child: ChildProcess
  readonly #ended = new Deferred<DeathCause>()
  #tail = ''
  #hasEnded = false

  /** @throws {KernelLaunchError} when the program cannot be run. */
  static async spawn(options: KernelProcessOptions): Promise<KernelProcess> {
    const started = new KernelProcess(options)
    const child = started.#child
    await new Promise<void>((spawned, failed) => {
      child.once('spawn', spawned)
      child.once('error', (cause) => {
        failed(new KernelLaunchError(`cannot run ${options.argv[0]}: ${cause.message}`, { cause }))
      })
    })
    return started
  }

  private constructor(options: KernelProcessOptions) {
    const [program, ...args] = options.argv
    const child = spawn(program!, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
    })
    this.#child = child
    // What a kernel writes here it has published as well; only the last words of a dead one count.
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]!.setEncoding('utf8').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-limits.kernelLastWordsCharsMax)
      })
    }
    child.on('error', () => {})
    child.once('spawn', () => {
      if (bound.size === 0) process.on('exit', killAll)
      bound.add(this)
    })
    child.once('exit', (code, signal) => {
      this.#hasEnded = true
      bound.delete(this)
      if (bound.size === 0) process.off('exit', killAll)
      // A child of its own may hold the pipes open.
      setImmediate(() => {
        child.stdout!.destroy()
        child.stderr!.destroy()
      })
      this.#ended.resolve(code === null ? { signal: String(signal) } : { exitCode: code })
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  get ended(): Promise<DeathCause> {
    return this.#ended.promise
  }

  /** The last of what it wrote to its own stdout and stderr. */
  get lastWords(): string {
    return this.#tail.trimEnd()
  }

  /** SIGINT to it and its children, as from a terminal. False where there are no signals. */
  interrupt(): boolean {
    if (windows || this.#hasEnded) return false
    signalGroup(this.pid, 'SIGINT')
    return true
  }

  kill(): void {
    if (!this.#hasEnded) signalGroup(this.pid, 'SIGKILL')
  }

  /** Resolves when it has ended by itself within `graceMs`, or was killed. */
  async end(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.kill(), graceMs)
    await this.ended
    clearTimeout(timer)
  }
}
