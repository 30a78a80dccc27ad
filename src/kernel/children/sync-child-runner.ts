import { Buffer } from 'node:buffer'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { clearTimeout, setTimeout } from 'node:timers'
import { limits } from '../../base/mod.ts'
import { signalTree } from '../../node/process-tree.ts'
import type { PlannedStdio, StreamName } from './stdio-plan.ts'
import type { SyncChildRequest, SyncChildResult } from './sync-child.ts'

type Show = (name: StreamName, text: string) => void

function stdioFor(planned: PlannedStdio): 'pipe' | 'ignore' | number {
  switch (planned.kind) {
    case 'collect':
    case 'show':
      return 'pipe'
    case 'ignore':
      return 'ignore'
    case 'descriptor':
      return planned.descriptor
  }
}

/** Children of the main thread's `execSync` and the like, run here so that they can be stopped. */
export class SyncChildRunner {
  readonly #children = new Set<SyncChild>()

  async run(request: SyncChildRequest, show: Show): Promise<void> {
    const { spawn } = await import('node:child_process')
    const { constants } = await import('node:os')
    let result: SyncChildResult | undefined
    try {
      const child = new SyncChild(request, show, spawn, constants.errno)
      this.#children.add(child)
      result = await child.result
      this.#children.delete(child)
    } catch {
      // Node refuses what was asked for, and will say why to whoever asked.
    }
    request.port.postMessage(result)
    Atomics.store(request.done, 0, 1)
    Atomics.notify(request.done, 0)
  }

  /** As Ctrl-C would; what does not end soon is killed. */
  interrupt(): void {
    for (const child of this.#children) child.interrupt()
  }
}

class SyncChild {
  readonly result: Promise<SyncChildResult>
  readonly #request: SyncChildRequest
  readonly #show: Show
  readonly #child: ChildProcess
  readonly #collected: readonly { readonly chunks: Buffer[]; bytes: number }[]
  readonly #errno: Readonly<Record<'ENOBUFS' | 'ETIMEDOUT', number>>
  #error: SyncChildResult['error']
  #isInterrupted = false

  constructor(
    request: SyncChildRequest,
    show: Show,
    spawn: typeof import('node:child_process').spawn,
    errno: Readonly<Record<'ENOBUFS' | 'ETIMEDOUT', number>>,
  ) {
    this.#request = request
    this.#errno = errno
    this.#show = show
    const { file, args, options, stdio } = request
    this.#collected = stdio.map(() => ({ chunks: [], bytes: 0 }))
    this.#child = spawn(file, args, { ...options, stdio: stdio.map(stdioFor) as StdioOptions })
    this.#connect()
    this.result = this.#untilEnd()
  }

  interrupt(): void {
    this.#isInterrupted = true
    this.#kill('SIGINT')
    setTimeout(() => this.#kill('SIGKILL'), limits.childGraceMs).unref()
  }

  #connect(): void {
    const { stdio, input } = this.#request
    for (const [index, planned] of stdio.entries()) {
      const stream = this.#child.stdio[index]
      if (stream === null || stream === undefined) continue
      stream.on('error', () => {})
      if (index === 0) {
        if ('end' in stream) stream.end(input)
        continue
      }
      const decoder = new StringDecoder('utf8')
      stream.on('data', (chunk: Buffer) => {
        if (planned.kind === 'show') this.#show(planned.as, decoder.write(chunk))
        if (planned.kind !== 'show' || planned.collect) this.#collect(index, chunk)
      })
    }
  }

  #collect(index: number, chunk: Buffer): void {
    const collected = this.#collected[index]!
    collected.chunks.push(chunk)
    collected.bytes += chunk.length
    if (collected.bytes > this.#request.bytesMax) this.#fail('ENOBUFS')
  }

  #untilEnd(): Promise<SyncChildResult> {
    const { timeoutMs } = this.#request
    return new Promise((resolve) => {
      const timer =
        timeoutMs === undefined || timeoutMs <= 0
          ? undefined
          : setTimeout(() => this.#fail('ETIMEDOUT'), timeoutMs)
      const end = (status: number | null, signal: NodeJS.Signals | null): void => {
        clearTimeout(timer)
        resolve(this.#resultOf(status, signal))
      }
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        if (this.#child.pid !== undefined) return
        this.#error = { code: error.code ?? 'UNKNOWN', errno: error.errno }
        end(null, null)
      })
      this.#child.once('close', end)
      // What the child has left running keeps the pipes open.
      this.#child.once('exit', (status, signal) => {
        if (this.#isInterrupted) end(status, signal)
      })
    })
  }

  #resultOf(status: number | null, signal: NodeJS.Signals | null): SyncChildResult {
    const { stdio, bytesMax } = this.#request
    const output = stdio.map((planned, index) => {
      const isKept = planned.kind === 'collect' || (planned.kind === 'show' && planned.collect)
      if (index === 0 || !isKept) return null
      return Buffer.concat(this.#collected[index]!.chunks).subarray(0, bytesMax)
    })
    const { pid = 0 } = this.#child
    const isInterrupted = this.#isInterrupted
    return { pid, output, status, signal, error: this.#error, isInterrupted }
  }

  #fail(code: 'ENOBUFS' | 'ETIMEDOUT'): void {
    if (this.#error !== undefined) return
    this.#error = { code, errno: -this.#errno[code] }
    this.#kill(this.#request.killSignal)
  }

  #kill(signal: NodeJS.Signals | number): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    signalTree(pid, signal)
  }
}
