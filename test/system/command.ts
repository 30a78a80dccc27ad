import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>
}

/** Milliseconds after which something that should have come will not come. */
const patienceMs = 30_000

/** What a test has started: it must have ended before its folder can go. */
const commands = new WeakMap<TestContext, Command[]>()

/** An IPython folder that goes away with the test. */
export function ipythonDir(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-system-'))
  context.after(async () => {
    await Promise.all((commands.get(context) ?? []).map((command) => command.end()))
    await stopDaemon(dir)
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  return dir
}

/** A test that failed may have left a cluster in the background. */
async function stopDaemon(dir: string): Promise<void> {
  const profile = join(dir, 'profile_default')
  if (!existsSync(join(profile, 'security', 'cluster-.json'))) return
  const args = [join(root, bin['ipcluster']!), 'stop', `--profile-dir=${profile}`]
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command of the package in a process of its own, killed with the test if it still runs. */
export class Command {
  readonly process: ChildProcess
  /** Resolves when it has ended and said everything. */
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''
  readonly #waiting = new Set<() => void>()

  constructor(
    context: TestContext,
    dir: string,
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const file = join(root, bin[program]!)
    this.process = spawn(process.execPath, [file, ...args], {
      cwd: dir,
      env: { ...process.env, IPYTHONDIR: dir, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#look()
    })
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#look()
    })
    this.finished = new Promise((resolve) => {
      this.process.once('close', (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
        this.#look()
      })
    })
    commands.set(context, [...(commands.get(context) ?? []), this])
    context.after(() => this.end())
  }

  get pid(): number {
    return this.process.pid!
  }

  /** Resolves with the match when the command has said something on either stream. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
        if (match !== null) settle(() => resolve(match))
        else if (this.process.exitCode !== null) settle(() => reject(this.#silent(pattern)))
      }
      const settle = (finish: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        finish()
      }
      const timer = setTimeout(() => settle(() => reject(this.#silent(pattern))), patienceMs)
      this.#waiting.add(look)
      look()
    })
  }

  /** Ends it if it still runs. */
  end(): Promise<Finished> {
    this.process.kill('SIGTERM')
    return this.finished
  }

  /** As Ctrl-C does. */
  interrupt(): Promise<Finished> {
    this.process.kill('SIGINT')
    return this.finished
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }

  #silent(pattern: RegExp): Error {
    return new Error(`never said ${pattern}\nstdout: ${this.stdout}\nstderr: ${this.stderr}`)
  }
}

/** Runs a command to its end. */
export function run(
  context: TestContext,
  dir: string,
  program: string,
  ...args: string[]
): Promise<Finished> {
  return new Command(context, dir, program, args).finished
}

/** Resolves when the condition holds. Rejects when it does not in time. */
export function until(what: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = performance.now() + patienceMs
    const timer = setInterval(() => {
      const late = performance.now() > deadline
      if (!holds() && !late) return
      clearInterval(timer)
      if (late) reject(new Error(`did not come: ${what}`))
      else resolve()
    }, 20)
  })
}

/** Whether a process is there; a dead one that nobody has waited for is not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
