import { Deferred, IparallelError } from '../../base/mod.ts'
import type { FromRole, ToRole } from '../../cluster/mod.ts'
import type { EngineConnectionInfo } from '../../jupyter/mod.ts'

type Start = Extract<ToRole, { type: 'start' }>

/** A controller's or an engine's end of the line to the process that started it. */
export class RoleChannel {
  readonly #started = new Deferred<Start>()
  readonly #connectionInfo = new Deferred<EngineConnectionInfo>()
  readonly #ending = new Deferred<'stopped' | 'abandoned'>()
  readonly #staying = new Deferred<void>()
  #stays = false

  /** Ends the process when nobody is at the other end. */
  constructor(program: string) {
    if (process.send === undefined) {
      console.error(`this file is started by other programs; the one to start is ${program}`)
      process.exit(2)
    }
    process.on('message', (message: ToRole) => this.#receive(message))
    process.on('disconnect', () => {
      if (!this.#stays) this.#ending.resolve('abandoned')
    })
  }

  /** What to be. */
  get started(): Promise<Start> {
    return this.#started.promise
  }

  /** Where the controller is, for an engine. */
  get connectionInfo(): Promise<EngineConnectionInfo> {
    return this.#connectionInfo.promise
  }

  /** Resolves when the role shall end: it was asked to, or its starter is gone. */
  get ending(): Promise<'stopped' | 'abandoned'> {
    return this.#ending.promise
  }

  /** Resolves when the role shall go on without its starter. */
  get staying(): Promise<void> {
    return this.#staying.promise
  }

  tell(message: FromRole): void {
    if (process.connected) process.send!(message, () => {})
  }

  /** Like `tell`, and waits until it is on its way: the process is about to end. */
  async tellLast(message: FromRole): Promise<void> {
    if (!process.connected) return
    await new Promise<void>((resolve) => process.send!(message, () => resolve()))
  }

  /** As if the starter had asked for it. */
  stop(): void {
    this.#ending.resolve('stopped')
  }

  /** Says why, in the log and to the starter, and ends the process. */
  fail(error: unknown, exitCode: number): void {
    const known = IparallelError.is(error)
    const message = error instanceof Error ? error.message : String(error)
    console.error(known ? message : error)
    const exit = () => process.exit(exitCode)
    if (process.connected) process.send!({ type: 'failed', message } satisfies FromRole, exit)
    else exit()
  }

  #receive(message: ToRole): void {
    switch (message.type) {
      case 'start':
        this.#started.resolve(message)
        break
      case 'connection-info':
        this.#connectionInfo.resolve(message.info)
        break
      case 'stop':
        this.stop()
        break
      case 'stay':
        this.#stays = true
        this.#staying.resolve()
    }
  }
}
