import { ArgumentError, Deferred, type Logger } from '../base/mod.ts'
import {
  announceDeath,
  type ConnectionSight,
  ConnectionWatch,
  EngineSet,
  type EngineSettings,
  LocalLauncher,
  overriddenInfo,
} from '../cluster/mod.ts'
import {
  connectionFileText,
  type EngineConnectionInfo,
  endpointOf,
  reachableInterface,
} from '../jupyter/mod.ts'
import { hostFacts } from '../node/mod.ts'
import { notRegisteredCode } from './roles/engine-role.ts'
import { shellExitCode } from './shell-exit-code.ts'

export interface EngineKeeperOptions {
  readonly settings: EngineSettings
  /** The arguments of this process, for people who look at the engine's. */
  readonly argv: readonly string[]
  readonly logger: Logger
  /** A connection file's content from the environment: then no file is looked for. */
  readonly inherited: EngineConnectionInfo | undefined
}

/**
 * The parent of an engine that was started by hand: waits for its connection file, starts it,
 * tells the controller when it ends, and moves it to the new controller when the file changes.
 */
export class EngineKeeper {
  readonly #options: EngineKeeperOptions
  readonly #launcher = new LocalLauncher()
  readonly #exit = new Deferred<number>()
  #set: EngineSet | undefined
  /** The controller that the engine has joined. */
  #joined: string | undefined
  /** What is wrong with the connection file that is there. */
  #problem: string | undefined
  #joining: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: EngineKeeperOptions) {
    this.#options = options
  }

  /**
   * Runs until the engine has ended. @returns its exit code.
   * @throws {ArgumentError} when there is no connection file in the time that was set.
   */
  async run(): Promise<number> {
    const { settings, inherited } = this.#options
    if (inherited !== undefined) {
      this.#join(inherited)
      return this.#exit.promise
    }
    const watch = new ConnectionWatch({
      path: settings.connectionFile,
      onSight: (sight) => this.#look(sight),
    })
    const timer = this.#startTimeout()
    try {
      return await this.#exit.promise
    } finally {
      clearTimeout(timer)
      watch.close()
    }
  }

  stop(): void {
    this.#stopping = true
    if (this.#set === undefined) this.#exit.resolve(0)
    void this.#joining.then(() => this.#set?.stop()).then(() => this.#exit.resolve(0))
  }

  /** Ends the engine without asking it. */
  kill(): void {
    this.#launcher.killAll()
  }

  #startTimeout(): NodeJS.Timeout | undefined {
    const { fileTimeoutMs, connectionFile } = this.#options.settings
    if (fileTimeoutMs === undefined) return undefined
    return setTimeout(() => {
      if (this.#set !== undefined) return
      const what = this.#problem ?? `no connection file at ${connectionFile}`
      const text = `${what} within ${fileTimeoutMs / 1000} s; ${howToGetFile}`
      this.#exit.reject(new ArgumentError(text))
    }, fileTimeoutMs)
  }

  #look(sight: ConnectionSight): void {
    const { logger, settings } = this.#options
    const { connectionFile } = settings
    if (sight.type === 'found') {
      this.#join(sight.info)
    } else if (this.#set !== undefined) {
      logger.debug(`${connectionFile} is ${sight.type}`)
    } else if (sight.type === 'missing') {
      this.#problem = undefined
      logger.info(`waiting for the connection file ${connectionFile}`)
      logger.info(howToGetFile)
    } else {
      this.#problem = `no usable connection file (${connectionFile}: ${sight.why})`
      logger.warn(`waiting for a better connection file than ${connectionFile}: ${sight.why}`)
    }
  }

  /** One after the other: an engine leaves its old controller before it joins a new one. */
  #join(info: EngineConnectionInfo): void {
    this.#joining = this.#joining
      .then(() => (this.#stopping ? undefined : this.#joinNow(info)))
      .catch((error: unknown) => this.#exit.reject(error))
  }

  async #joinNow(found: EngineConnectionInfo): Promise<void> {
    const { settings, argv, logger } = this.#options
    const info = overriddenInfo(found, settings)
    const controller = connectionFileText(info)
    const old = this.#set
    if (old !== undefined) {
      if (controller === this.#joined) {
        logger.debug(`${settings.connectionFile} is there again, and the same`)
        return
      }
      logger.info('the connection file was replaced: the engine joins the new controller')
      this.#set = undefined
      await old.stop()
    }
    const set = await EngineSet.launch({
      id: String(process.pid),
      launcher: this.#launcher,
      plan: { role: 'engine', argv, env: {}, settings, outputs: ['inherit'] },
      announce: announceDeath,
      logger,
      outputLinesMax: 0,
      onChange: () => {},
    })
    this.#set = set
    this.#joined = controller
    set.connect(info)
    void set.emptied.then(() => this.#ended(set))
    void set.ready.then(
      async () => {
        const address = await reachableInterface(info, hostFacts())
        const where = endpointOf(address, info.registration)
        logger.info(`engine ${set.slots[0]?.id} is ready at ${where}`)
      },
      () => {},
    )
  }

  #ended(set: EngineSet): void {
    if (set !== this.#set || this.#stopping) return
    const { exitCode, signal } = set.slots[0]?.end ?? {}
    // The engine has said itself what happened, on the same screen.
    if (exitCode === notRegisteredCode) this.#options.logger.error(usualCauses)
    this.#exit.resolve(shellExitCode(exitCode, signal))
  }
}

const howToGetFile =
  'a controller writes it: start one with ipcontroller or ipcluster start, or bring its ' +
  'ipcontroller-engine.json here (--file=PATH says where it is)'

const usualCauses =
  'usual causes: the connection file is left from a controller that has ended; the controller ' +
  'listens on its own machine only (ipcontroller --ip=ADDRESS); the location in the file is not ' +
  'how this machine reaches it (--location); a firewall stands between'
