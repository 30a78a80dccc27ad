import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** The command as a package manager installs it. */
export const ipcontroller: string = join(root, 'dist', 'cli', 'bin', 'ipcontroller.js')
const script = fileURLToPath(new URL('../../../test/interop/python_client.py', import.meta.url))

/** A Python client that does what the functions `do_…` of `python_client.py` say. */
export class PythonClient {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  /** What it printed by itself: ipyparallel has something to complain about. */
  readonly complaints: string[] = []
  #stderr = ''
  #version = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-20_000)
    })
  }

  /** Resolves when it is connected and sees that many engines. */
  static async start(child: ChildProcess): Promise<PythonClient> {
    const client = new PythonClient(child)
    client.#version = Number((await client.#next('its start'))['ready'])
    return client
  }

  /** Of ipyparallel: 7, 9. */
  get version(): number {
    return this.#version
  }

  /** What came of a scenario. */
  async does(name: string, ...args: unknown[]): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify([name, args])}\n`)
    const { value, failure } = await this.#next(name)
    assert.ok(failure === undefined, `${name}: ${failure}`)
    return value
  }

  async #next(what: string): Promise<Record<string, unknown>> {
    let { value, done } = await this.#lines.next()
    for (; done !== true && !/^\{.*\}$/.test(value as string); ) {
      this.complaints.push(value as string)
      ;({ value, done } = await this.#lines.next())
    }
    if (done === true && this.#child.exitCode === null) await once(this.#child, 'close')
    const { exitCode, signalCode } = this.#child
    const how = `the Python client ended at ${what} with ${exitCode ?? signalCode}`
    assert.ok(done !== true, `${how}\n${this.#stderr}`)
    return JSON.parse(value as string) as Record<string, unknown>
  }
}

/** Python processes around connection files in a folder of their own; all end with `close`. */
export class PythonPeers {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'iparallel-interop-'))
  readonly profileDir: string = join(this.dir, 'profile_default')
  readonly clientFile: string = join(this.profileDir, 'security', 'ipcontroller-client.json')
  readonly engineFile: string = join(this.profileDir, 'security', 'ipcontroller-engine.json')
  readonly #python: string
  readonly #children: ChildProcess[] = []

  constructor(python: string) {
    this.#python = python
  }

  startEngines(count: number, ...args: string[]): ChildProcess[] {
    return Array.from({ length: count }, () => {
      const child = this.spawn(['-m', 'ipyparallel.engine', `--file=${this.engineFile}`, ...args])
      child.stdout!.resume()
      child.stderr!.resume()
      return child
    })
  }

  /** Our `ipcontroller`, for this folder's default profile; resolves when it listens. */
  async startController(...args: string[]): Promise<ChildProcess> {
    const child = this.spawn([ipcontroller, ...args], process.execPath)
    child.stdout!.resume()
    let said = ''
    for await (const text of child.stderr!.setEncoding('utf8')) {
      said += text
      if (said.includes('connection file for clients')) break
    }
    assert.match(said, /connection file for clients/)
    child.stderr!.resume()
    return child
  }

  /** A client that waits for that many engines. */
  connect(engines: number, file: string = this.clientFile): Promise<PythonClient> {
    return PythonClient.start(this.spawn([script, file, String(engines)]))
  }

  spawn(args: readonly string[], program: string = this.#python): ChildProcess {
    const env = { ...process.env, IPYTHONDIR: this.dir, PYTHONWARNINGS: 'ignore' }
    const child = spawn(program, args, { env, cwd: this.dir, stdio: 'pipe' })
    this.#children.push(child)
    return child
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(kill))
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

/** Ends a process and waits until it has. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
