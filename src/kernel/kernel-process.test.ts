/**
 * A process like an engine's, to be tried from outside: user code on the main thread, a
 * `PortEvaluator` in a worker thread, which does what it is told over a socket.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import type { ApplyOutcome, ExecuteOutcome, Output, Reflection } from '../engine/mod.ts'
import { inspectorFunctionCodec } from '../functions/mod.ts'
import { Codec, packCall, packFunction, Reference } from '../serialize/mod.ts'
import { type EvaluatorLine, PortEvaluator, serveEvaluator } from './mod.ts'

type Command =
  | { readonly do: 'execute'; readonly id: number; readonly code: string; readonly silent: boolean }
  | { readonly do: 'apply'; readonly id: number; readonly fn: string; readonly args: unknown[] }
  | { readonly do: 'clear'; readonly id: number }
  | { readonly do: 'ask'; readonly id: number; readonly method: string; readonly args: unknown[] }
  | { readonly do: 'interrupt' }
  | { readonly do: 'answer'; readonly line: string }

/** What a request showed, in order, and its outcome as the last. */
export type Shown = readonly [kind: string, ...details: unknown[]]

type Request = Exclude<Command, { do: 'interrupt' | 'answer' }>

type Event =
  | { readonly tell: 'shown'; readonly id: number; readonly shown: Shown }
  | { readonly tell: 'outcome'; readonly id: number; readonly outcome: unknown }
  | { readonly tell: 'exit'; readonly code: number }

interface WorkerData {
  readonly line: EvaluatorLine
  readonly port: number
}

function obey(data: WorkerData): void {
  const socket = connect(data.port, '127.0.0.1').setNoDelay()
  const tell = (event: Event): boolean => socket.write(`${JSON.stringify(event)}\n`)
  const evaluator = new PortEvaluator(data.line, {
    onExit: (code) =>
      new Promise<void>((resolve) => {
        tell({ tell: 'exit', code })
        socket.end(resolve)
      }),
  })
  const codec = new Codec(inspectorFunctionCodec())
  const asked: ((line: string) => void)[] = []
  const outputOf = (id: number): Output => {
    const show =
      (kind: string) =>
      (...details: unknown[]): void => {
        tell({ tell: 'shown', id, shown: [kind, ...details] })
      }
    return {
      stream: show('stream'),
      executeInput: show('input'),
      executeResult: show('result'),
      display: show('display'),
      clearOutput: show('clear'),
      input: (prompt, password) => {
        show('ask')(prompt, password)
        return new Promise((resolve) => asked.push(resolve))
      },
    }
  }
  const apply = async (id: number, fn: string, args: unknown[]): Promise<unknown> => {
    const buffers = packCall(codec, packFunction(codec, new Reference(fn)), args)
    const outcome = await evaluator.apply({ buffers }, outputOf(id))
    return outcome.status === 'ok'
      ? { status: 'ok', value: codec.decode(outcome.buffers).value }
      : outcome
  }
  const perform = async (command: Request): Promise<unknown> => {
    const { id } = command
    switch (command.do) {
      case 'execute': {
        const { code, silent } = command
        const request = { code, silent, storeHistory: true, userExpressions: {} }
        return evaluator.execute(request, outputOf(id))
      }
      case 'apply':
        return apply(id, command.fn, command.args)
      case 'clear':
        return evaluator.clear()
      case 'ask': {
        const methods = evaluator as unknown as Record<string, (...args: unknown[]) => unknown>
        return methods[command.method]!(...command.args)
      }
    }
  }
  socket.on('end', () => evaluator.close())
  createInterface({ input: socket }).on('line', (line) => {
    const command = JSON.parse(line) as Command
    if (command.do === 'interrupt') evaluator.interrupt()
    else if (command.do === 'answer') asked.pop()?.(command.line)
    else {
      void perform(command).then((outcome) => tell({ tell: 'outcome', id: command.id, outcome }))
    }
  })
}

/** The test's side. */
export class KernelProcess implements AsyncDisposable {
  /** Everything that was shown, by whichever request. */
  readonly shown: Shown[] = []
  /** The code with which the process said that it would exit. */
  announcedExit: number | undefined
  readonly exited: Promise<number | NodeJS.Signals | null>
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #pending = new Map<number, (outcome: never) => void>()
  readonly #watchers = new Set<() => void>()
  #lastId = 0

  static async start(): Promise<KernelProcess> {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const connected = new Promise<Socket>((resolve) => server.once('connection', resolve))
    const child = spawn(
      process.execPath,
      [
        '--no-force-async-hooks-checks',
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(import.meta.url),
        String(port),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    )
    const failed = new Promise<never>((_, reject) => child.once('exit', reject))
    const socket = await Promise.race([connected, failed])
    server.close()
    return new KernelProcess(child, socket)
  }

  private constructor(child: ChildProcess, socket: Socket) {
    this.#child = child
    this.#socket = socket
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code))
    })
    socket.setNoDelay()
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => this.#hear(JSON.parse(line) as Event))
  }

  execute(code: string, { silent = false } = {}): Promise<ExecuteOutcome> {
    return this.#ask({ do: 'execute', id: ++this.#lastId, code, silent })
  }

  /** `fn` is an expression there; arguments and value must be such that JSON can say them. */
  apply(
    fn: string,
    ...args: unknown[]
  ): Promise<{ status: 'ok'; value: unknown } | Extract<ApplyOutcome, { status: 'error' }>> {
    return this.#ask({ do: 'apply', id: ++this.#lastId, fn, args })
  }

  clear(): Promise<void> {
    return this.#ask({ do: 'clear', id: ++this.#lastId })
  }

  /** A question about code or history, as the evaluator's method of that name takes it. */
  ask<M extends keyof Reflection>(
    method: M,
    ...args: Parameters<Reflection[M]>
  ): ReturnType<Reflection[M]> {
    const asked = this.#ask({ do: 'ask', id: ++this.#lastId, method, args })
    return asked as ReturnType<Reflection[M]>
  }

  interrupt(): void {
    this.#send({ do: 'interrupt' })
  }

  /** What the user types when asked. */
  answer(line: string): void {
    this.#send({ do: 'answer', line })
  }

  /** Lets the thread that serves come to its end. */
  disconnect(): void {
    this.#socket.end()
  }

  /** All text of a stream so far. */
  text(name: 'stdout' | 'stderr'): string {
    const texts = this.shown.filter(([kind, stream]) => kind === 'stream' && stream === name)
    return texts.map(([, , text]) => text).join('')
  }

  /** Resolves as soon as `condition` holds after something was shown. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve)
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
    this.#socket.destroy()
  }

  #hear(event: Event): void {
    switch (event.tell) {
      case 'shown':
        this.shown.push(event.shown)
        break
      case 'outcome':
        this.#pending.get(event.id)?.(event.outcome as never)
        this.#pending.delete(event.id)
        break
      case 'exit':
        this.announcedExit = event.code
    }
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }

  #ask<T>(command: Request): Promise<T> {
    return new Promise<T>((resolve) => {
      this.#pending.set(command.id, resolve)
      this.#send(command)
    })
  }

  #send(command: Command): void {
    this.#socket.write(`${JSON.stringify(command)}\n`)
  }
}

const isProgram = process.argv[1] === fileURLToPath(import.meta.url)
const port = process.argv[2]
if (!isMainThread) obey(workerData as WorkerData)
else if (isProgram && port !== undefined) {
  const server = serveEvaluator()
  const data: WorkerData = { line: server.line, port: Number(port) }
  new Worker(new URL(import.meta.url), { workerData: data, transferList: [...server.transferList] })
} else if (isProgram) {
  test('a kernel process runs cells and calls, and ends', async () => {
    await using kernel = await KernelProcess.start()
    assert.equal((await kernel.execute('let a = 6')).status, 'ok')
    assert.deepEqual(await kernel.apply('(b) => a * b', 7), { status: 'ok', value: 42 })
  })
}
