import { type ChildProcess, spawn } from 'node:child_process'
import { Deferred, silentLogger } from '../base/mod.ts'
import type { KernelClient } from '../kernel-client/mod.ts'
import { AttachedKernel, kernelClientPorts } from '../kernel-launcher/mod.ts'
import { kernelArgv } from '../kernelspec/mod.ts'
import type { StartKernelOptions } from '../main/jupyter-kernel.ts'
import { shellExitCode } from './shell-exit-code.ts'

/** Milliseconds within which a second Ctrl-C means the end. */
const againMs = 2_000

/** Milliseconds that a kernel may take to answer, and to end. */
const patienceMs = 3_000

/**
 * The parent of a kernel that was started by hand: it gives it a process with the options that it
 * needs, and turns Ctrl-C, which code that is busy does not hear, into a message that it does.
 */
export class KernelKeeper {
  readonly #options: StartKernelOptions
  readonly #exit = new Deferred<number>()
  #child: ChildProcess | undefined
  #kernel: AttachedKernel | undefined
  #interruptedMs = Number.NEGATIVE_INFINITY

  constructor(options: StartKernelOptions) {
    this.#options = options
  }

  /** Runs until the kernel has ended. @returns its exit code. */
  async run(): Promise<number> {
    const { connectionFile, transport, ip, logLevel, completer } = this.#options
    const [node, ...args] = kernelArgv(connectionFile)
    const given = { transport, ip, completer, 'log-level': logLevel }
    const options = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    )
    const child = spawn(node!, [...args, ...options], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
      // A group of its own: Ctrl-C in the terminal is for this process.
      detached: true,
      windowsHide: true,
    })
    this.#child = child
    child.once('message', () => void this.#announce())
    child.once('error', (error) => this.#exit.reject(error))
    child.once('exit', (code, signal) => this.#exit.resolve(shellExitCode(code, signal)))
    const interrupt = () => this.#interrupt()
    const stop = () => void this.#stop()
    process.on('SIGINT', interrupt)
    for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, stop)
    try {
      return await this.#exit.promise
    } finally {
      await this.#kernel?.close()
    }
  }

  async #announce(): Promise<void> {
    const { connectionFile } = this.#options
    try {
      this.#kernel = await AttachedKernel.attach(connectionFile, kernelClientPorts(silentLogger))
    } catch (error) {
      // It has ended meanwhile, and has said why; or it could not be stopped by a message.
      this.#child?.kill()
      this.#exit.reject(error)
      return
    }
    console.log(`The kernel is ready. Attach to it with:`)
    console.log(`  iparallel console --existing ${connectionFile}`)
    console.log(`  jupyter console --existing ${connectionFile}`)
    console.log('Ctrl-C interrupts what it runs; twice in a row ends it.')
  }

  #interrupt(): void {
    const nowMs = performance.now()
    const isSecond = nowMs - this.#interruptedMs < againMs
    this.#interruptedMs = nowMs
    if (isSecond) {
      void this.#stop()
      return
    }
    console.log('Interrupted. Ctrl-C again ends the kernel.')
    void this.#ask((client) => client.interrupt({ timeoutMs: patienceMs }))
  }

  async #stop(): Promise<void> {
    setTimeout(() => this.#child?.kill('SIGKILL'), patienceMs).unref()
    await this.#ask((client) => client.shutdown({ timeoutMs: patienceMs }))
  }

  async #ask(question: (client: KernelClient) => Promise<void>): Promise<void> {
    try {
      if (this.#kernel === undefined) this.#child?.kill()
      else await question(this.#kernel.client)
    } catch {
      // It ends just now, or is killed soon.
    }
  }
}
