import type { DependencyContent, TaskMetadata } from '../jupyter/mod.ts'
import { SeededRandom } from '../testing/mod.ts'
import {
  type SchedulerEffect,
  type SchedulerEvent,
  type TaskOrder,
  TaskScheduler,
  type TaskSchedulerOptions,
} from './mod.ts'

export const noWishes: TaskMetadata = {
  after: undefined,
  follow: undefined,
  timeoutMs: undefined,
  targets: undefined,
  retries: 0,
  language: undefined,
}

/** All of them, and successfully, unless told otherwise. */
export function depend(...ids: string[]): DependencyContent {
  return { ids, all: true, success: true, failure: false }
}

function describe(effect: SchedulerEffect<TaskOrder>): string {
  const { id } = effect.order
  switch (effect.type) {
    case 'run-task':
      return `${id} runs on ${effect.engine}${effect.again ? ' again' : ''}`
    case 'recall-task':
      return `${id} is recalled from ${effect.engine}`
    case 'unassign-task':
      return `${id} returns`
    case 'deliver-reply':
      return `${id} is answered by ${effect.engine}`
    case 'fail-task':
      return `${id} fails: ${effect.failure.ename}`
    case 'abort-task':
      return `${id} is aborted`
    case 'repeat-answer':
      return `${id} is answered again`
  }
}

/** Plays a scheduler; every step gives what the scheduler wants done, as sentences. */
export class Driver {
  readonly scheduler: TaskScheduler<TaskOrder>
  /** All effects so far. */
  readonly effects: SchedulerEffect<TaskOrder>[] = []
  atMs = 0
  #nextEngineId = 0

  constructor(options: Partial<TaskSchedulerOptions> = {}) {
    this.scheduler = new TaskScheduler({
      scheme: 'leastload',
      highWaterMark: 1,
      random: new SeededRandom(1),
      ...options,
    })
  }

  submit(id: string, wishes: Partial<TaskMetadata> = {}): string[] {
    const order = { id, wishes: { ...noWishes, ...wishes } }
    return this.#apply({ type: 'task-submitted', order, atMs: this.atMs })
  }

  join(uuid: string, language = 'python', recalls = false): string[] {
    const id = this.#nextEngineId++
    return this.#apply({ type: 'engine-joined', uuid, id, language, recalls, atMs: this.atMs })
  }

  leave(uuid: string): string[] {
    const cause = { signal: 'SIGKILL' }
    return this.#apply({ type: 'engine-left', uuid, cause, atMs: this.atMs })
  }

  /** An engine has left, and nobody saw it end. */
  vanish(uuid: string): string[] {
    return this.#apply({ type: 'engine-left', uuid, atMs: this.atMs })
  }

  /** An engine has done a task. */
  done(taskId: string, engine: string, runMs?: number, together?: number): string[] {
    return this.#result(taskId, engine, 'ok', true, runMs, together)
  }

  failed(taskId: string, engine: string): string[] {
    return this.#result(taskId, engine, 'error', true)
  }

  aborted(taskId: string, engine: string): string[] {
    return this.#result(taskId, engine, 'aborted', true)
  }

  /** An engine gives a recalled task back. */
  returned(taskId: string, engine: string): string[] {
    return this.#result(taskId, engine, 'returned', true)
  }

  /** The engine lacks something that the task needs. */
  unmet(taskId: string, engine: string): string[] {
    return this.#result(taskId, engine, 'error', false)
  }

  abort(...taskIds: string[]): string[] {
    return this.#apply({ type: 'tasks-aborted', taskIds, atMs: this.atMs })
  }

  /** Lets time pass. */
  wait(ms: number): string[] {
    this.atMs += ms
    return this.#apply({ type: 'time-passed', atMs: this.atMs })
  }

  #result(
    taskId: string,
    engine: string,
    status: 'ok' | 'error' | 'aborted' | 'returned',
    dependenciesMet: boolean,
    runMs?: number,
    together?: number,
  ): string[] {
    const { atMs } = this
    const result = { taskId, engine, status, dependenciesMet, runMs, together, atMs }
    return this.#apply({ type: 'result-received', ...result })
  }

  #apply(event: SchedulerEvent<TaskOrder>): string[] {
    const effects = this.scheduler.apply(event)
    this.effects.push(...effects)
    return effects.map(describe)
  }
}

/** A scheduler with engines of these names, the first of which is used first. */
export function withEngines(...uuids: string[]): Driver {
  const driver = new Driver()
  for (const uuid of uuids.toReversed()) driver.join(uuid)
  return driver
}
