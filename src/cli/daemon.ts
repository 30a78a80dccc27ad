import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { type ClusterPlan, logFile } from '../cluster/mod.ts'
import { makeFolder } from '../node/mod.ts'
import { Interruption } from './interruption.ts'
import { engineCount, errorText, exitCodeOf, styled } from './report.ts'

/** Set for the process that goes on in the background. */
const daemonVariable = 'IPP_DAEMON'

/** What the background process tells the command that started it. */
type FromDaemon =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly text: string; readonly code: number }

/** The background process's end of the line to the command that started it. */
export class DaemonSide {
  #ready = false

  /** Undefined in a process that is none. */
  static open(): DaemonSide | undefined {
    if (process.env[daemonVariable] === undefined || process.send === undefined) return undefined
    delete process.env[daemonVariable]
    return new DaemonSide()
  }

  /** Calls back when the command ends before the cluster is ready: nobody wants it any more. */
  onAbandoned(listener: () => void): void {
    process.once('disconnect', () => {
      if (!this.#ready) listener()
    })
  }

  /** Lets the command return. */
  ready(): void {
    this.#ready = true
    this.#tell({ type: 'ready' })
  }

  /** Lets the command say what went wrong, and end with its exit code. */
  failed(error: unknown): void {
    this.#ready = true
    const text = errorText('ipcluster', error, false)
    this.#tell({ type: 'failed', text, code: exitCodeOf(error) })
  }

  #tell(message: FromDaemon): void {
    if (!process.connected) return
    process.send!(message, () => {
      // The command that got it may have hung up already.
      if (process.connected) process.disconnect()
    })
  }
}

/**
 * Runs the same command in the background, and returns when its engines are ready.
 * @returns the exit code.
 */
export async function startDaemon(plan: ClusterPlan): Promise<number> {
  const file = logFile(plan.profile, 'ipcluster', plan.clusterId, process.pid)
  makeFolder(plan.profile.logDir)
  const output = openSync(file, 'a', 0o600)
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [daemonVariable]: '1' },
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
    windowsHide: true,
  })
  closeSync(output)
  using interruption = new Interruption()
  // Without its starter the background process stops what it has started so far.
  interruption.signal.addEventListener('abort', () => child.disconnect())
  const told = await new Promise<FromDaemon>((resolve) => {
    child.once('message', (message) => resolve(message as FromDaemon))
    child.once('error', ({ message }) => resolve({ type: 'failed', text: message, code: 1 }))
    child.once('exit', (code, signal) => {
      const text = `ipcluster: it ended with ${signal ?? `code ${code}`}; see ${file}\n`
      resolve({ type: 'failed', text, code: code ?? 1 })
    })
  })
  if (child.connected) child.disconnect()
  child.unref()
  if (told.type === 'failed') {
    process.stderr.write(told.text)
    return told.code === 0 ? 1 : told.code
  }
  const { profile, clusterId } = plan
  const text = `${engineCount(plan.n + plan.python)} ready in the background (profile ${profile.name})`
  console.log(styled('green', text, process.stdout))
  console.log(`Stop the cluster with: ipcluster stop ${profile.words(clusterId)}`)
  console.log(`Log: ${file}`)
  return 0
}
