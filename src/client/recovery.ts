import { messageOf, type Timer } from '../base/mod.ts'
import {
  databaseReply,
  databaseRequest,
  type JsonObject,
  resultReply,
  resultRequest,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Task } from './task.ts'
import type { TaskDesk } from './task-desk.ts'

/** Results asked for in one request. */
const batchMax = 100

/** Milliseconds between two looks at what became of tasks sent before the connection broke. */
const lookMs = { first: 1_000, max: 10_000 } as const

/**
 * What is to be done when the connection is back: learn which engines are there, fetch results
 * that came meanwhile, and send again what the controller does not know. The same frames are
 * sent, so an engine that has the task already refuses them as a replay.
 */
export class Recovery {
  readonly #link: ClusterLink
  readonly #desk: TaskDesk
  readonly #transmit: (task: Task) => void
  #timer: Timer | undefined
  #round = 0

  constructor(link: ClusterLink, desk: TaskDesk, transmit: (task: Task) => void) {
    this.#link = link
    this.#desk = desk
    this.#transmit = transmit
  }

  /** Does not reject; resolves when the first look is over. */
  async run(): Promise<void> {
    const round = ++this.#round
    this.#timer?.cancel()
    const suspects = this.#desk.all().filter((task) => task.outcome === undefined)
    try {
      await this.#link.refreshEngines()
      const unknown = await this.#look(suspects)
      if (round !== this.#round) return
      for (const task of unknown) if (task.frames !== undefined) this.#transmit(task)
    } catch (error) {
      this.#link.ports.context.logger.warn(`could not ask what was missed: ${messageOf(error)}`)
    }
    if (round === this.#round) this.#lookAgain(suspects, round, lookMs.first)
  }

  stop(): void {
    this.#round++
    this.#timer?.cancel()
  }

  /** A reply on its way when the connection broke may have got lost: the hub still has it. */
  #lookAgain(suspects: readonly Task[], round: number, waitMs: number): void {
    const rest = suspects.filter((task) => task.outcome === undefined)
    if (rest.length === 0) return
    this.#timer = this.#link.clock.setTimer(waitMs, async () => {
      try {
        await this.#look(rest)
      } catch (error) {
        this.#link.ports.context.logger.debug(`could not ask again: ${messageOf(error)}`)
      }
      if (round === this.#round) this.#lookAgain(rest, round, Math.min(waitMs * 2, lookMs.max))
    })
  }

  /** Delivers what the hub has of these tasks; returns those that it does not know. */
  async #look(tasks: readonly Task[]): Promise<Task[]> {
    const unknown: Task[] = []
    for (let at = 0; at < tasks.length; at += batchMax) {
      const batch = new Map(tasks.slice(at, at + batchMax).map((task) => [task.msgId, task]))
      const done = await this.#completedOf(batch)
      const fetchMax = this.#link.isControllerOurs ? batchMax : 1
      for (let i = 0; i < done.length; i += fetchMax) await this.#fetch(done.slice(i, i + fetchMax))
      unknown.push(...batch.values())
    }
    return unknown
  }

  /** Ids of those that are completed; takes out of `batch` all that the hub knows. */
  async #completedOf(batch: Map<string, Task>): Promise<string[]> {
    const query: JsonObject = { msg_id: { $in: [...batch.keys()] } }
    const keys = ['msg_id', 'completed']
    const { reply } = await this.#link.ask(databaseRequest, { query, keys }, databaseReply)
    const done: string[] = []
    for (const { msg_id, completed } of reply.records) {
      if (typeof msg_id !== 'string') continue
      batch.delete(msg_id)
      if (typeof completed === 'string') done.push(msg_id)
    }
    return done
  }

  async #fetch(msgIds: readonly string[]): Promise<void> {
    const { reply, message } = await this.#link.ask(
      resultRequest,
      { msgIds, statusOnly: false },
      resultReply,
    )
    let at = 0
    for (const [id, result] of reply.results) {
      // Python's hub does not say how many buffers a result has, so it is asked one by one.
      const count = result.bufferCount ?? message.buffers.length
      const buffers = message.buffers.slice(at, at + count)
      at += count
      const task = this.#desk.get(id)
      if (task === undefined || task.outcome !== undefined) continue
      const { resultContent: content, resultMetadata, resultHeader, output } = result
      task.restoreOutput(output.stdout, output.stderr)
      const metadata = { ...resultMetadata, output_count: 0 }
      this.#desk.accept(task, { content, metadata, buffers }, resultHeader.date)
    }
  }
}
