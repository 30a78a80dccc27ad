import { utf8 } from '../base/mod.ts'
import {
  type DeathCause,
  describeCause,
  type EngineFacts,
  type Message,
  registrationNotification,
  type Session,
  unregistrationNotification,
} from '../jupyter/mod.ts'
import type { ClientEmitter } from './client-events.ts'
import type { Courier } from './courier.ts'
import type { EngineDirectory } from './engine-directory.ts'
import { EngineError, sentFrom } from './errors.ts'
import type { Lines } from './lines.ts'
import type { Requests } from './requests.ts'
import type { TaskDesk } from './task-desk.ts'

/** Milliseconds that results sent before an engine's death get to arrive after the news of it. */
const fenceMs = 10_000

export interface EngineWatchOptions {
  readonly engines: EngineDirectory
  readonly events: ClientEmitter
  readonly session: Session
  readonly lines: Lines
  readonly courier: Courier
  readonly desk: TaskDesk
  readonly requests: Requests
  /** Whether the controller refuses requests for engines that it does not know. */
  readonly refusesUnknown: () => boolean
}

/** Takes notice of engines that come and go, and ends what waited for those that are gone. */
export class EngineWatch {
  readonly #options: EngineWatchOptions

  constructor(options: EngineWatchOptions) {
    this.#options = options
  }

  /** @throws {ContentError} */
  notified(message: Message): void {
    if (message.header.msgType === registrationNotification.msgType) {
      const { id, uuid, facts } = registrationNotification.decode(message.content)
      this.came(id, uuid, facts)
    } else if (message.header.msgType === unregistrationNotification.msgType) {
      const { uuid, cause } = unregistrationNotification.decode(message.content)
      this.#left(uuid, cause)
    }
  }

  came(id: number, uuid: string, facts: EngineFacts): void {
    const { engines, courier, events } = this.#options
    const known = engines.byUuid(uuid)
    if (known !== undefined && known.id !== id) engines.remove(uuid)
    const isNew = engines.add(id, uuid, facts)
    courier.confirm(uuid)
    if (isNew) events.emit('engineRegistered', engines.byUuid(uuid)!)
  }

  /** Engines that the controller has not named since it was last connected have left. */
  dropUnconfirmed(): void {
    const { engines, courier } = this.#options
    for (const { uuid } of engines.all) {
      if (!courier.isConfirmed(uuid)) this.#left(uuid, undefined)
    }
  }

  #left(uuid: string, cause: DeathCause | undefined): void {
    const { engines, courier, events, requests, desk } = this.#options
    const engine = engines.remove(uuid)
    courier.forget(uuid)
    if (engine !== undefined) events.emit('engineUnregistered', { engine, cause })
    const text = `engine ${engine?.id ?? uuid} left before it answered: ${describeCause(cause)}`
    const facts = { engineId: engine?.id, engineUuid: uuid, death: cause, text }
    requests.failEngine(uuid, new EngineError({ taskId: '', ...facts }))
    if (desk.ofEngine(uuid).length === 0) return
    void this.#fence(uuid).then(() => this.#failTasks(uuid, cause))
  }

  /**
   * The news of a death comes on a line of its own and may overtake the engine's last results.
   * Our controller refuses requests to an engine that is gone, and that refusal comes after them.
   */
  async #fence(uuid: string): Promise<void> {
    const { session, requests, lines, refusesUnknown } = this.#options
    if (!refusesUnknown()) return
    const header = session.newHeader('apply_request')
    const refusal = requests.wait(header.msgId, 'a fence', fenceMs)
    lines.send('mux', session.pack(header, { idents: [utf8(uuid)] }))
    await refusal.catch(() => {})
  }

  #failTasks(uuid: string, death: DeathCause | undefined): void {
    const { desk } = this.#options
    for (const task of desk.ofEngine(uuid)) {
      const { msgId: taskId, engineId, engineUuid } = task
      const error = new EngineError({ taskId, engineId, engineUuid, death })
      desk.fail(task, sentFrom(error, task.request.origin))
    }
  }
}
