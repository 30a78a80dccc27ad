import { headerObject, Message, type Session } from '../jupyter/mod.ts'
import type { Lines, SendingLine } from './lines.ts'
import type { Task } from './task.ts'
import type { TaskDesk } from './task-desk.ts'

/**
 * Hands tasks to the sockets, and again what a broken connection may have lost.
 *
 * A direct task goes only to an engine that the controller has confirmed since it was last
 * connected: one that was started again refuses tasks for engines it has not heard of yet.
 */
export class Courier {
  readonly #session: Session
  readonly #lines: Lines
  readonly #desk: TaskDesk
  /** Engines, by uuid, that the controller of the moment knows. */
  readonly #confirmed = new Set<string>()

  constructor(session: Session, lines: Lines, desk: TaskDesk) {
    this.#session = session
    this.#lines = lines
    this.#desk = desk
  }

  isConfirmed(uuid: string): boolean {
    return this.#confirmed.has(uuid)
  }

  /** The engine is there: what was held back for it goes. */
  confirm(uuid: string): void {
    if (this.#confirmed.has(uuid)) return
    this.#confirmed.add(uuid)
    for (const task of this.#desk.ofEngine(uuid)) {
      if (isLost(task, this.#lines)) this.send(task)
    }
  }

  forget(uuid: string): void {
    this.#confirmed.delete(uuid)
  }

  /** The connection broke: nobody knows who is there. */
  forgetAll(): void {
    this.#confirmed.clear()
  }

  send(task: Task): void {
    const { channel, target } = task.request
    if (task.frames === undefined) return
    if (channel === 'mux' && !this.#confirmed.has(target!.uuid)) return
    task.sentIn = this.#lines.generation(channel)
    this.#lines.send(channel, task.frames)
  }

  /** The line is back: sends again what went out over a connection that broke since. */
  resend(line: SendingLine): void {
    for (const task of this.#desk.all()) {
      if (task.request.channel === line && isLost(task, this.#lines)) this.sendAgain(task)
    }
  }

  /**
   * A direct task is sent as it was, so that an engine which has it refuses it as a replay. The
   * scheduler tells tasks apart by their ids, and needs a new signature to listen at all.
   */
  sendAgain(task: Task): void {
    const { frames } = task
    if (task.request.channel === 'task' && frames !== undefined) {
      const [header, parentHeader, metadata, content, ...buffers] = frames.slice(2)
      const message = new Message(
        [],
        { header: header!, parentHeader: parentHeader!, metadata: metadata!, content: content! },
        buffers,
      )
      const fresh = this.#session.newHeader(message.header.msgType, task.msgId)
      task.frames = this.#session.repack(message, { header: headerObject(fresh) })
    }
    this.send(task)
  }
}

function isLost(task: Task, lines: Lines): boolean {
  return task.outcome === undefined && task.sentIn !== lines.generation(task.request.channel)
}
