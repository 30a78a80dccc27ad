import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { signalTree } from '../../node/process-tree.ts'
import { UsageError } from './usage-error.ts'

export interface ChildOptions {
  /** Kills the command, and what it started. */
  readonly signal: AbortSignal
  readonly onStdout: (text: string) => void
  readonly onStderr: (text: string) => void
  /** What the command reads; default: nothing. */
  readonly input?: string
}

/** What to run: a line for the system's shell, or a program with its arguments. */
export type ChildCommand =
  | { readonly shell: string }
  | { readonly program: string; readonly args: readonly string[] }

/** How a command ended: its exit code, or 128 and the number of the signal, as shells say it. */
export async function runChild(command: ChildCommand, options: ChildOptions): Promise<number> {
  const { signal, input } = options
  signal.throwIfAborted()
  const common = {
    windowsHide: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  } as const
  const child: ChildProcess =
    'shell' in command
      ? spawn(command.shell, { ...common, stdio: [...common.stdio], shell: true })
      : spawn(command.program, command.args, { ...common, stdio: [...common.stdio] })
  const kill = (): void => {
    if (child.pid !== undefined) signalTree(child.pid, 'SIGKILL')
  }
  signal.addEventListener('abort', kill, { once: true })
  child.stdout?.setEncoding('utf8').on('data', options.onStdout)
  child.stderr?.setEncoding('utf8').on('data', options.onStderr)
  // A command that does not read all of it closes the pipe.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(startError(command, error)))
      child.once('close', (code, killed) =>
        resolve(code ?? 128 + (constants.signals[killed!] ?? 0)),
      )
    })
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

function startError(command: ChildCommand, error: NodeJS.ErrnoException): Error {
  if ('shell' in command || error.code !== 'ENOENT') return error
  const { program } = command
  const hint =
    process.platform === 'win32' && /^(?:ba)?sh$/.test(program)
      ? ' Windows has none of its own: install Git for Windows or WSL, or use %%cmd or %%script.'
      : ' Is it installed, and on the PATH?'
  return new UsageError(`the program '${program}' was not found.${hint}`)
}
