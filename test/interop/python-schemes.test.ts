import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, test } from 'node:test'
import {
  type RunningController,
  type StartControllerOptions,
  startController,
} from 'iparallel/controller'
import { pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { kill, type PythonClient, PythonPeers } from './python-cluster.ts'

type Logger = NonNullable<StartControllerOptions['logger']>

const versions = [pythonWithIpyparallel9, pythonWithIpyparallel7].filter(
  ({ path }) => path !== undefined,
)
const skip = versions.length === 0 ? pythonWithIpyparallel7.skip : false

/** Reads in the controller's log how many engines have registered. */
class Countdown implements Logger {
  readonly done: Promise<void>
  #left: number
  #resolve!: () => void

  constructor(engines: number) {
    this.#left = engines
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  info(text: string): void {
    if (/^engine \d+ .* is registered$/.test(text) && --this.#left === 0) this.#resolve()
  }

  debug(): void {}
  warn(): void {}
  error(): void {}
}

/** Python is slow to start: the clients of each version go from one controller to the next. */
class Lab {
  readonly #peers: PythonPeers[] = versions.map(({ path }) => new PythonPeers(path!))
  #clients: PythonClient[] = []
  #controller: RunningController | undefined
  #engines: ChildProcess[] = []

  get clients(): readonly PythonClient[] {
    return this.#clients
  }

  /** A new controller with new engines, in place of the ones before. */
  async start(engines: number, options: { scheme?: string; hwm?: number }): Promise<void> {
    await this.#stop()
    const { clientFile, engineFile } = this.#peers[0]!
    const registered = new Countdown(engines)
    this.#controller = await startController({
      clientFile,
      engineFile,
      logger: registered,
      heartbeatPeriodMs: 500,
      ...options,
    })
    this.addEngines(engines)
    // With the scheme pure, Python's client does not bear an engine 1 without an engine 0.
    await registered.done
    if (this.#clients.length > 0) {
      for (const client of this.#clients) await client.does('connect', clientFile, engines)
      return
    }
    const connecting = this.#peers.map((peer) => peer.connect(engines, clientFile))
    this.#clients = await Promise.all(connecting)
  }

  addEngines(count: number): void {
    this.#engines.push(...this.#peers[0]!.startEngines(count, '--IPEngine.enable_nanny=False'))
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#engines.splice(0).map(kill))
    await this.#controller?.close()
    this.#controller = undefined
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) await peer.close()
    await this.#controller?.close()
  }
}

const lab = new Lab()
after(() => lab.close())

// `leastload` is the default, which all other tests run on.
for (const scheme of ['lru', 'plainrandom', 'weighted', 'twobin', 'pure']) {
  test(`the scheme ${scheme} serves the clients of each version`, { skip }, async () => {
    await lab.start(2, { scheme })
    for (const client of lab.clients) {
      assert.deepEqual(await client.does('balance', 20), [true, 2])
    }
  })
}

test('with no limit on tasks per engine each runs once, whoever joins (T3)', {
  skip,
}, async () => {
  await lab.start(1, { hwm: 0 })
  for (const client of lab.clients) await client.does('wait_without_limit')
  lab.addEngines(1)
  for (const client of lab.clients) {
    assert.deepEqual(await client.does('each_ran_once', 2), [[0, 1, 2], true])
  }
})
