import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from 'iparallel'
import { startController } from 'iparallel/controller'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: Record<string, string>
}

/** What a process has said on stderr, for the error when it does not do what it should. */
interface Started {
  readonly child: ChildProcess
  stderr: string
  stdout: string
}

/** One controller, an engine of ours and one of Python's. Everything ends with the test. */
export class TwoLanguages {
  readonly #dir = mkdtempSync(join(tmpdir(), 'iparallel-interop-'))
  readonly #started: Started[] = []
  readonly #python: string
  #stopController: () => Promise<unknown> = async () => {}

  get clientFile(): string {
    return join(this.#security, 'ipcontroller-client.json')
  }

  get #security(): string {
    return join(this.#dir, 'profile_default', 'security')
  }

  get #engineFile(): string {
    return join(this.#security, 'ipcontroller-engine.json')
  }

  private constructor(python: string) {
    this.#python = python
  }

  static async start(
    context: TestContext,
    python: string,
    controller: 'ours' | "Python's",
  ): Promise<TwoLanguages> {
    const cluster = new TwoLanguages(python)
    context.after(() => cluster.#stop())
    if (controller === 'ours') await cluster.#startOurController()
    else await cluster.#startTheirController()
    const file = `--file=${cluster.#engineFile}`
    cluster.#start(process.execPath, [join(root, bin['ipengine']!), file])
    cluster.#start(python, ['-m', 'ipyparallel.engine', file])
    return cluster
  }

  /** A client that sees both engines. */
  async connect(): Promise<Client> {
    const rc = await Client.connect(this.clientFile, { showOutput: false })
    await rc.waitForEngines(2, { timeoutMs: 60_000 })
    return rc
  }

  /** What a script of Python's prints as JSON in one line. */
  async run(script: string, ...args: string[]): Promise<Record<string, unknown>> {
    const path = join(root, 'test', 'interop', script)
    const started = this.#start(this.#python, [path, this.clientFile, ...args])
    await once(started.child, 'close')
    const line = started.stdout.split('\n').find((text) => text.startsWith('{'))
    if (line === undefined) throw new Error(`${script} said: ${started.stderr}`)
    return JSON.parse(line) as Record<string, unknown>
  }

  async #startOurController(): Promise<void> {
    mkdirSync(this.#security, { recursive: true })
    const files = { clientFile: this.clientFile, engineFile: this.#engineFile }
    const controller = await startController({ ...files, logLevel: 40 })
    this.#stopController = () => controller.close()
  }

  /** It is ready when its scheduler has asked its hub who is there. */
  async #startTheirController(): Promise<void> {
    const { child } = this.#start(this.#python, ['-m', 'ipyparallel.controller', '--ping=200'])
    const started = this.#started.at(-1)!
    while (!/client::client .* connected/.test(started.stderr)) {
      if (child.exitCode !== null) throw new Error(`the controller ended: ${started.stderr}`)
      await once(child.stderr!, 'data')
    }
    if (!existsSync(this.clientFile)) throw new Error(`there is no ${this.clientFile}`)
  }

  #start(program: string, args: readonly string[]): Started {
    const env = { ...process.env, IPYTHONDIR: this.#dir }
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const started: Started = { child, stderr: '', stdout: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (started.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (started.stderr += text))
    this.#started.push(started)
    return started
  }

  /** Asked to end, a controller of Python's ends its own children first. */
  async #stop(): Promise<void> {
    for (const { child } of this.#started.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
    await this.#stopController()
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
