import type { ChildProcess, SpawnSyncReturns } from 'node:child_process'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { StringDecoder } from 'node:string_decoder'
import { type Send, type SyncOptions, spawnSyncElsewhere } from './spawn-sync.ts'
import { type StreamName, shownStream, stdioEntries } from './stdio-plan.ts'

type ChildModule = typeof import('node:child_process')
type Returned = SpawnSyncReturns<Buffer | string>

export interface ChildHooksHost {
  /** Runs a child for this thread, which waits for it. */
  readonly send: Send
  show(name: StreamName, text: string): void
  /** A child has been started that lives beside the cell. */
  adopt(child: ChildProcess): void
}

interface SpawnOptions {
  readonly file: string
  readonly detached?: boolean
  stdio?: unknown
}

interface Spawner {
  spawn(this: ChildProcess, options: SpawnOptions): unknown
}

/** `(file, args?, options?)`, as the functions of `child_process` take them. */
function splitArguments(rest: readonly unknown[]): [args: readonly string[], options: SyncOptions] {
  const [first, second] = rest
  if (Array.isArray(first)) return [first as string[], (second ?? {}) as SyncOptions]
  return [[], (first ?? second ?? {}) as SyncOptions]
}

/** Fails as `execSync` does. */
function checked(returned: Returned, command: string): Returned['stdout'] {
  const { error, ...rest } = returned
  const { status, stderr } = rest
  if (error !== undefined) throw Object.assign(error, rest)
  if (status === 0) return returned.stdout
  const text = stderr !== null && stderr.length > 0 ? `\n${stderr.toString()}` : ''
  throw Object.assign(new Error(`Command failed: ${command}${text}`), returned)
}

/**
 * Makes what children write on the process's own streams output of the cell, live, and lets an
 * interrupt end those that `execSync` and the like wait for. Only for the thread of user code.
 */
export class ChildHooks implements Disposable {
  readonly #host: ChildHooksHost
  readonly #module: ChildModule
  readonly #originals: Pick<ChildModule, 'spawnSync' | 'execFileSync' | 'execSync'>
  readonly #spawner: Spawner
  readonly #spawn: Spawner['spawn']

  constructor(host: ChildHooksHost) {
    this.#host = host
    const module = createRequire(import.meta.url)('node:child_process') as ChildModule
    const { spawnSync, execFileSync, execSync } = module
    this.#module = module
    this.#originals = { spawnSync, execFileSync, execSync }
    this.#spawner = module.ChildProcess.prototype as unknown as Spawner
    this.#spawn = this.#spawner.spawn
    Object.assign(module, {
      spawnSync: (file: string, ...rest: unknown[]) => this.#spawnSync(file, rest),
      execFileSync: (file: string, ...rest: unknown[]) => this.#execFileSync(file, rest),
      execSync: (command: string, options?: SyncOptions) => this.#execSync(command, options),
    })
    this.#hookSpawn()
    syncBuiltinESMExports()
  }

  /** Gives the module back. */
  [Symbol.dispose](): void {
    Object.assign(this.#module, this.#originals)
    this.#spawner.spawn = this.#spawn
    syncBuiltinESMExports()
  }

  #spawnSync(file: string, rest: readonly unknown[]): unknown {
    const [args, options] = splitArguments(rest)
    return (
      spawnSyncElsewhere(file, args, options, this.#host.send) ??
      this.#originals.spawnSync(file, ...(rest as []))
    )
  }

  #execFileSync(file: string, rest: readonly unknown[]): unknown {
    const [args, options] = splitArguments(rest)
    const isStderrShown = !options.stdio
    const returned = spawnSyncElsewhere(file, args, options, this.#host.send, isStderrShown)
    return returned === undefined
      ? this.#originals.execFileSync(file, ...(rest as []))
      : checked(returned, [file, ...args].join(' '))
  }

  #execSync(command: string, options: SyncOptions = {}): unknown {
    const { shell } = options
    const whole = { ...options, shell: typeof shell === 'string' ? shell : true }
    const returned = spawnSyncElsewhere(command, [], whole, this.#host.send, !options.stdio)
    return returned === undefined
      ? this.#originals.execSync(command, options as object)
      : checked(returned, command)
  }

  /** Everything that starts a child and does not wait goes through this method of Node's. */
  #hookSpawn(): void {
    const original = this.#spawn
    const host = this.#host
    this.#spawner.spawn = function spawn(options) {
      const entries = stdioEntries(options.stdio)
      const shown = entries.map((entry, i) => (i === 0 ? undefined : shownStream(entry, i)))
      if (shown.every((name) => name === undefined)) {
        const result = original.call(this, options)
        if (options.detached !== true) host.adopt(this)
        return result
      }
      const stdio = entries.map((entry, i) => (shown[i] === undefined ? entry : 'pipe'))
      const result = original.call(this, { ...options, stdio })
      for (const [i, name] of shown.entries())
        if (name !== undefined) showStream(this, i, name, host)
      if (options.detached !== true) host.adopt(this)
      return result
    }
  }
}

/** Shows what a child writes, and hides the pipe from whoever asked for none. */
function showStream(
  child: ChildProcess,
  index: number,
  name: StreamName,
  host: ChildHooksHost,
): void {
  const decoder = new StringDecoder('utf8')
  child.stdio?.[index]?.on('data', (chunk: Buffer) => host.show(name, decoder.write(chunk)))
  const hidden = child as unknown as { stdio: unknown[]; stdout: unknown; stderr: unknown }
  if (hidden.stdio) hidden.stdio = hidden.stdio.map((stream, i) => (i === index ? null : stream))
  if (index === 1) hidden.stdout = null
  if (index === 2) hidden.stderr = null
}
