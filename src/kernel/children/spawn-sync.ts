import { Buffer } from 'node:buffer'
import type { SpawnSyncReturns } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { KeyboardInterrupt } from '../keyboard-interrupt.ts'
import { type PlannedStdio, planStdio } from './stdio-plan.ts'
import type { SyncChildRequest, SyncChildResult } from './sync-child.ts'

/** The options of `spawnSync`, `execFileSync` and `execSync`, as far as they are used here. */
export interface SyncOptions {
  readonly cwd?: string | URL
  readonly env?: NodeJS.ProcessEnv
  readonly argv0?: string
  readonly uid?: number
  readonly gid?: number
  readonly shell?: boolean | string
  readonly windowsHide?: boolean
  readonly windowsVerbatimArguments?: boolean
  readonly stdio?: unknown
  readonly input?: string | Uint8Array | DataView
  readonly timeout?: number
  readonly killSignal?: NodeJS.Signals | number
  readonly maxBuffer?: number
  readonly encoding?: BufferEncoding | 'buffer' | null
}

/** Hands a child to the thread that runs it. */
export type Send = (request: SyncChildRequest) => void

/** Bytes that `child_process` collects when it is not told otherwise. */
const bytesMaxDefault = 1024 * 1024

function bytesOf(input: SyncOptions['input']): Uint8Array | undefined {
  if (input === undefined || input === null) return undefined
  if (typeof input === 'string') return Buffer.from(input)
  return new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
}

function plainCwd(cwd: string | URL | undefined): string | undefined {
  return cwd instanceof URL ? fileURLToPath(cwd) : cwd
}

const passedOn = [
  'argv0',
  'uid',
  'gid',
  'shell',
  'windowsHide',
  'windowsVerbatimArguments',
] as const

function requestOf(
  file: string,
  args: readonly string[],
  options: SyncOptions,
  stdio: readonly PlannedStdio[],
): Omit<SyncChildRequest, 'port' | 'done'> {
  const given = passedOn.filter((name) => options[name] !== undefined && options[name] !== null)
  return {
    file: String(file),
    args: args.map(String),
    options: {
      cwd: plainCwd(options.cwd),
      env: { ...(options.env ?? process.env) },
      ...Object.fromEntries(given.map((name) => [name, options[name]])),
    },
    stdio,
    input: bytesOf(options.input),
    timeoutMs: options.timeout,
    killSignal: options.killSignal ?? 'SIGTERM',
    bytesMax: options.maxBuffer ?? bytesMaxDefault,
  }
}

/**
 * Waits for a child that another thread runs; undefined when that cannot even be tried.
 * @throws {KeyboardInterrupt} when it is interrupted.
 */
function runElsewhere(
  request: Omit<SyncChildRequest, 'port' | 'done'>,
  send: Send,
): SyncChildResult | undefined {
  const { port1, port2 } = new MessageChannel()
  const done = new Int32Array(new SharedArrayBuffer(4))
  try {
    send({ ...request, port: port2, done })
    Atomics.wait(done, 0, 0)
    const { message } = receiveMessageOnPort(port1) as { message: SyncChildResult | undefined }
    if (message?.isInterrupted) throw new KeyboardInterrupt()
    return message
  } finally {
    port1.close()
  }
}

function failureOf(
  { file, args }: { readonly file: string; readonly args: readonly string[] },
  { error }: SyncChildResult,
): Error | undefined {
  if (error === undefined) return undefined
  const syscall = `spawnSync ${file}`
  const { code, errno } = error
  const fields = { errno, code, syscall, path: file, spawnargs: [...args] }
  return Object.assign(new Error(`${syscall} ${code}`), fields)
}

/**
 * `spawnSync` of `node:child_process`, with the child in another thread's care. Undefined when
 * only Node's own can do it, or say what is wrong with it.
 */
export function spawnSyncElsewhere(
  file: string,
  args: readonly string[],
  options: SyncOptions,
  send: Send,
  isStderrShown = false,
): SpawnSyncReturns<Buffer | string> | undefined {
  const planned = planStdio(options.stdio)
  if (planned === undefined) return undefined
  const stdio = isStderrShown
    ? planned.map((entry, i) =>
        i === 2 ? ({ kind: 'show', as: 'stderr', collect: true } as const) : entry,
      )
    : planned
  const request = requestOf(file, args, options, stdio)
  const result = runElsewhere(request, send)
  if (result === undefined) return undefined
  const { encoding } = options
  const output = result.output.map((bytes) => {
    if (bytes === null) return null
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer
  })
  const error = failureOf(request, result)
  const { pid, status, signal } = result
  const [, stdout, stderr] = output
  const returned = { pid, output, stdout, stderr, status, signal } as SpawnSyncReturns<
    Buffer | string
  >
  return error === undefined ? returned : { ...returned, error }
}
