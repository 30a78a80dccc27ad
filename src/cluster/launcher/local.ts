import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/mod.ts'
import { makeFolder } from '../../node/mod.ts'
import { LaunchError } from '../errors.ts'
import type { LaunchedProcess, Launcher, ProcessPlan } from './launcher.ts'
import { LocalProcess } from './local-process.ts'

/** The files that Node runs for each role. */
export interface RolePrograms {
  readonly controller: string
  readonly engine: string
}

/**
 * The programs of this package, of the same build as this file.
 * @throws {LaunchError} when they are not there, as in a program that was bundled into one file.
 */
export function ownPrograms(): RolePrograms {
  return { controller: programFile('ipcontroller.js'), engine: programFile('ipengine.js') }
}

function programFile(name: string): string {
  // `lib/cluster/mod.js` or `dist/cluster/launcher/local.js`.
  const places = [`../cli/${name}`, `../../cli/process/${name}`]
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const found = files.find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new LaunchError(
    `${name} of iparallel is not where it should be (${files.join(' or ')}); ` +
      "when a program is bundled, leave 'iparallel' out of the bundle (mark it as external)",
  )
}

/**
 * Node's own options for each role. A controller keeps little and makes much garbage: left alone,
 * V8 would let its heap grow to four times what it holds. An interrupt that arrives inside a timer
 * would end an engine, because Node takes the timer's broken bookkeeping for a fault of its own; and
 * cells and functions that import use what Node calls experimental.
 */
const nodeOptions: Readonly<Record<ProcessPlan['role'], readonly string[]>> = {
  controller: ['--max-semi-space-size=2', '--heap-growing-percent=40'],
  engine: ['--no-force-async-hooks-checks', '--disable-warning=ExperimentalWarning'],
}

/** What is started, and how long it may take to stop. */
export interface LocalLauncherOptions {
  /** Default: those of this package. */
  readonly programs?: RolePrograms
  /** Milliseconds that a process may take to stop before it is killed; default 5000. */
  readonly killAfterMs?: number
}

/** Starts processes on this machine. No shell is involved. */
export class LocalLauncher implements Launcher {
  readonly name = 'local'
  readonly #programs: RolePrograms
  readonly #killAfterMs: number
  readonly #launched = new Set<LocalProcess>()

  constructor(options: LocalLauncherOptions = {}) {
    this.#programs = options.programs ?? ownPrograms()
    this.#killAfterMs = options.killAfterMs ?? 5_000
  }

  /** Ends everything that it has started, at once. */
  killAll(): void {
    for (const each of this.#launched) each.kill()
  }

  async launch(plan: ProcessPlan): Promise<readonly LaunchedProcess[]> {
    const children: { readonly output: string; readonly child: ChildProcess }[] = []
    try {
      for (const output of plan.outputs) children.push({ output, child: this.#spawn(plan, output) })
      // Node reports that a program cannot be run only later, as an event.
      await Promise.all(children.map(({ child }) => once(child, 'spawn')))
    } catch (cause) {
      for (const { child } of children) child.on('error', () => {}).kill('SIGKILL')
      if (cause instanceof LaunchError) throw cause
      throw new LaunchError(
        `could not start ${process.execPath} for ip${plan.role}: ${messageOf(cause)}`,
      )
    }
    return children.map(({ child, output }) => {
      const { clusterFile, settings } = plan
      const file = output === 'inherit' ? undefined : output
      const isWatcher = settings.role === 'engine' && settings.command !== undefined
      const launched = new LocalProcess(child, file, this.#killAfterMs, isWatcher)
      this.#launched.add(launched)
      void launched.ended.then(() => this.#launched.delete(launched))
      launched.send({
        type: 'start',
        settings,
        ...(clusterFile === undefined ? {} : { clusterFile }),
      })
      return launched
    })
  }

  #spawn(plan: ProcessPlan, output: string): ChildProcess {
    const stdio = output === 'inherit' ? output : openOutput(output)
    try {
      const argv = [...nodeOptions[plan.role], this.#programs[plan.role], ...plan.argv]
      return spawn(process.execPath, argv, {
        cwd: plan.settings.workDir,
        env: { ...process.env, ...plan.env },
        stdio: ['ignore', stdio, stdio, 'ipc'],
        // A group of its own: Ctrl-C in the terminal is for the process that started it.
        detached: true,
        windowsHide: true,
      })
    } finally {
      if (typeof stdio === 'number') closeSync(stdio)
    }
  }
}

function openOutput(path: string): number {
  try {
    makeFolder(dirname(path))
    return openSync(path, 'a', 0o600)
  } catch (cause) {
    throw new LaunchError(`cannot write to ${path}: ${messageOf(cause)}`)
  }
}
