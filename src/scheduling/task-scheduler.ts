import { assert, Queue } from '../base/mod.ts'
import { type DependencyContent, describeCause } from '../jupyter/mod.ts'
import { Dependency, type TaskEnd } from './dependency.ts'
import { DependencyGraph } from './dependency-graph.ts'
import { choicesOf } from './engine-choice.ts'
import { EnginePools, type EnginePoolsOptions } from './engine-pools.ts'
import { EngineSlot } from './engine-slot.ts'
import type { SchedulerEffect, SchedulerEvent, TaskFailure } from './scheduler-events.ts'
import { forgive, Task } from './task.ts'
import { TaskDirectory } from './task-directory.ts'
import type { TaskOrder } from './task-order.ts'
import { WaitingRoom } from './waiting-room.ts'

type EventOf<Order extends TaskOrder, Type> = Extract<SchedulerEvent<Order>, { type: Type }>

export interface TaskSchedulerOptions extends EnginePoolsOptions {
  /** Default: `limits.finishedTaskIdsMax`. */
  readonly finishedIdsMax?: number
}

/**
 * Decides which engine runs which task and when. Pure: what happened goes in, what to do comes
 * out. Between two events no task waits that an engine with room could take; that is why a new
 * task may run at once without overtaking one.
 * Source: protocol reference §11 and §20.
 */
export class TaskScheduler<Order extends TaskOrder> {
  readonly #tasks: TaskDirectory<Order>
  readonly #graph = new DependencyGraph<Task<Order>>()
  readonly #pools: EnginePools<Order>
  readonly #room = new WaitingRoom<Order>()
  #nextSequence = 0
  #effects: SchedulerEffect<Order>[] = []
  /** Tasks to be placed before the event is done with. */
  #ready: Task<Order>[] = []
  /** Ended tasks whose dependents have not been told. */
  readonly #ended = new Queue<{ id: string; end: TaskEnd }>()
  /** An engine that got room through the event: older tasks have the first right to it. */
  #freed: EngineSlot<Order> | undefined

  constructor(options: TaskSchedulerOptions) {
    this.#pools = new EnginePools(options)
    this.#tasks = new TaskDirectory(options.finishedIdsMax)
  }

  /** When `time-passed` is due, in monotonic milliseconds; undefined when nothing waits for it. */
  get nextDeadlineMs(): number | undefined {
    return this.#room.nextDeadlineMs
  }

  /** How many tasks have been submitted and have not ended. */
  get size(): number {
    return this.#tasks.size
  }

  /** Whether a task with this id waits, runs, or has ended not too long ago. */
  knows(id: string): boolean {
    return this.#tasks.has(id)
  }

  apply(event: SchedulerEvent<Order>): readonly SchedulerEffect<Order>[] {
    switch (event.type) {
      case 'task-submitted':
        this.#submit(event.order, event.atMs)
        break
      case 'result-received':
        this.#receive(event)
        break
      case 'engine-joined':
        this.#join(event)
        break
      case 'engine-left':
        this.#leave(event)
        break
      case 'tasks-aborted':
        for (const id of event.taskIds) this.#abort(id)
        break
      case 'time-passed':
        this.#timeOut(event.atMs)
        break
    }
    this.#settle(event.atMs)
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  #submit(order: Order, atMs: number): void {
    const known = this.#tasks.get(order.id)
    if (known !== undefined) {
      if (known instanceof Task) known.order = order
      else this.#effects.push({ type: 'repeat-answer', order })
      return
    }
    const { after, follow } = order.wishes
    const invalid = this.#invalid(order.id, after) ?? this.#invalid(order.id, follow)
    const task = new Task(order, this.#nextSequence++, this.#track(after), this.#track(follow))
    this.#tasks.add(task)
    if (invalid !== undefined) {
      this.#fail(task, { ename: 'InvalidDependency', evalue: invalid })
      return
    }
    if (task.after !== undefined) this.#graph.add(task.after.openIds, task)
    if (task.follow !== undefined) this.#graph.add(task.follow.openIds, task)
    this.#reconsider(task, atMs)
  }

  /** Says what is wrong with a wish. */
  #invalid(id: string, wish: DependencyContent | undefined): string | undefined {
    if (wish === undefined) return undefined
    if (!wish.success && !wish.failure) return 'it counts neither success nor failure'
    for (const other of wish.ids) {
      if (other === id) return 'a task cannot depend on itself'
      if (!this.#tasks.has(other)) {
        return `no load-balanced task with the id '${other}' is known`
      }
    }
    return undefined
  }

  #track(wish: DependencyContent | undefined): Dependency | undefined {
    if (wish === undefined) return undefined
    const dependency = new Dependency(wish)
    for (const id of wish.ids) {
      const known = this.#tasks.get(id)
      if (known !== undefined && !(known instanceof Task)) dependency.settle(id, known)
    }
    return dependency
  }

  /** A task that depends on others: runs, waits on, or cannot run any more. */
  #reconsider(task: Task<Order>, atMs: number): void {
    if (task.after?.unreachable === true || task.follow?.unreachable === true) {
      const evalue = 'the tasks that it depends on did not end as it asks'
      this.#fail(task, { ename: 'ImpossibleDependency', evalue })
    } else if (task.blocked) {
      this.#room.enter(task, atMs)
    } else {
      this.#room.stand(task)
      this.#ready.push(task)
    }
  }

  #receive(event: EventOf<Order, 'result-received'>): void {
    const task = this.#tasks.living(event.taskId)
    const engine = task?.engine
    if (task === undefined || engine?.uuid !== event.engine) return
    engine.running.delete(task)
    task.engine = undefined
    this.#pools.loadChanged(engine)
    this.#freed = engine
    if (!task.aborted && event.status !== 'aborted') {
      if (!event.dependenciesMet) {
        task.unmetOn ??= new Set()
        this.#tryElsewhere(task, engine, task.unmetOn)
        return
      }
      if (event.status === 'error' && task.retriesLeft > 0) {
        this.#retry(task, engine)
        return
      }
    }
    this.#effects.push({ type: 'deliver-reply', order: task.order, engine: engine.uuid })
    this.#end(task, event.status === 'ok' ? engine.success : engine.failure)
  }

  #retry(task: Task<Order>, engine: EngineSlot<Order>): void {
    task.retriesLeft--
    task.failedOn ??= new Set()
    this.#tryElsewhere(task, engine, task.failedOn)
  }

  #tryElsewhere(task: Task<Order>, engine: EngineSlot<Order>, avoided: Set<string>): void {
    avoided.add(engine.uuid)
    task.seenBy ??= new Set()
    task.seenBy.add(engine.uuid)
    this.#effects.push({ type: 'unassign-task', order: task.order })
    this.#ready.push(task)
  }

  #join(event: EventOf<Order, 'engine-joined'>): void {
    if (this.#pools.get(event.uuid) !== undefined) return
    const rank = this.#pools.rankOfNewcomer
    const engine = new EngineSlot<Order>(event.uuid, event.id, event.language, rank)
    this.#pools.add(engine)
    this.#freed = engine
    // Without any engine they could wait for better ones; now they may have to do with this one.
    this.#replace(this.#stranded(engine, true))
  }

  #leave(event: EventOf<Order, 'engine-left'>): void {
    const engine = this.#pools.get(event.uuid)
    if (engine === undefined) return
    const languageMattered = this.#pools.languageMatters
    this.#pools.remove(engine)
    for (const task of engine.running) {
      task.engine = undefined
      const cause = describeCause(event.cause)
      const evalue = `Engine ${engine.id} died while running task '${task.id}': ${cause}`
      const { uuid, id } = engine
      task.lastFailure = { ename: 'EngineError', evalue, engine: { uuid, id } }
      if (task.retriesLeft > 0) this.#retry(task, engine)
      else this.#fail(task, task.lastFailure)
    }
    this.#replace([...engine.waiting.tasks(), ...this.#stranded(engine, false)])
    if (languageMattered && !this.#pools.languageMatters)
      this.#replace(this.#room.tasksOf(undefined))
  }

  /** Tasks that avoid this engine, or do not, and all other engines there are. */
  #stranded(engine: EngineSlot<Order>, avoided: boolean): Task<Order>[] {
    return [engine.language, undefined]
      .flatMap((language) => this.#room.avoidingTasks(language, engine.uuid, avoided))
      .filter((task) => this.#pools.outlook(task) === 'all-avoided')
  }

  /** Takes waiting tasks from their places and looks for new ones. */
  #replace(tasks: readonly Task<Order>[]): void {
    for (const task of tasks) {
      this.#room.stand(task)
      this.#ready.push(task)
    }
  }

  /** A waiting task ends; a running one is the engine's to abort, but is not tried again. */
  #abort(id: string): void {
    const task = this.#tasks.living(id)
    if (task === undefined) return
    task.aborted = true
    task.retriesLeft = 0
    if (task.engine !== undefined) return
    this.#effects.push({ type: 'abort-task', order: task.order })
    this.#end(task, { success: false, engine: undefined })
  }

  #timeOut(atMs: number): void {
    for (let task = this.#room.overdue(atMs); task; task = this.#room.overdue(atMs)) {
      const evalue = `no engine could take it within ${task.order.wishes.timeoutMs} ms`
      this.#fail(task, { ename: 'TaskTimeout', evalue })
    }
  }

  #fail(task: Task<Order>, failure: TaskFailure): void {
    this.#effects.push({ type: 'fail-task', order: task.order, failure })
    this.#end(task, { success: false, engine: undefined })
  }

  #end(task: Task<Order>, end: TaskEnd): void {
    this.#room.leave(task)
    if (task.after !== undefined) this.#graph.remove(task.after.openIds, task)
    if (task.follow !== undefined) this.#graph.remove(task.follow.openIds, task)
    assert(this.#tasks.living(task.id) === task, 'a task ends once')
    this.#tasks.end(task.id, end)
    if (this.#graph.has(task.id)) this.#ended.push({ id: task.id, end })
  }

  /** Carries on until nothing follows from the event any more. */
  #settle(atMs: number): void {
    while (this.#ended.size > 0 || this.#ready.length > 0 || this.#freed !== undefined) {
      for (let ended = this.#ended.shift(); ended; ended = this.#ended.shift()) {
        for (const task of this.#graph.release(ended.id)) {
          task.after?.settle(ended.id, ended.end)
          task.follow?.settle(ended.id, ended.end)
          if (task.engine === undefined) this.#reconsider(task, atMs)
        }
      }
      const ready = this.#ready
      this.#ready = []
      if (ready.length > 1) ready.sort((a, b) => a.sequence - b.sequence)
      const freed = this.#freed
      this.#freed = undefined
      if (freed !== undefined) this.#offer(freed, ready, atMs)
      for (const task of ready) this.#place(task, atMs, true)
    }
  }

  /**
   * Lets the freed engine take the oldest tasks that it may, those that have just become ready
   * among them; of the latter each has the choice of all engines.
   */
  #offer(engine: EngineSlot<Order>, ready: readonly Task<Order>[], atMs: number): void {
    for (const task of ready) this.#place(task, atMs, false)
    const fresh = ready.length === 0 ? undefined : new Set(ready)
    const languages = this.#pools.speaks(engine, undefined)
      ? [engine.language, undefined]
      : [engine.language]
    while (this.#pools.hasRoom(engine)) {
      const task = this.#room.nextFor(engine, languages)
      if (task === undefined) return
      if (fresh?.has(task)) this.#place(task, atMs, true)
      else this.#run(task, engine)
    }
  }

  /** Finds the task an engine, or a place to wait for one. */
  #place(task: Task<Order>, atMs: number, mayRun: boolean): void {
    if (task.engine !== undefined || this.#tasks.living(task.id) === undefined) return
    this.#room.stand(task)
    if (task.picky) {
      const choices = choicesOf(task, this.#pools)
      if (choices === 'undecided') {
        this.#room.enter(task, atMs)
      } else if (!Array.isArray(choices)) {
        this.#fail(task, choices)
      } else {
        const open = mayRun ? choices.filter((engine) => this.#pools.hasRoom(engine)) : []
        if (open.length > 0) {
          this.#run(task, this.#pools.pickAmong(open))
        } else {
          this.#room.enter(task, atMs)
          this.#room.sitAmong(task, choices)
        }
      }
      return
    }
    if (this.#hopeless(task)) {
      const evalue = "no engine is left that meets the task's dependencies"
      this.#fail(task, { ename: 'ImpossibleDependency', evalue })
      return
    }
    const engine = mayRun ? this.#pools.pickFor(task) : undefined
    if (engine !== undefined) {
      this.#run(task, engine)
    } else {
      this.#room.enter(task, atMs)
      this.#room.sit(task)
    }
  }

  /** Whether every engine lacks something; engines where it merely failed get a second chance. */
  #hopeless(task: Task<Order>): boolean {
    if (task.unmetOn === undefined && task.failedOn === undefined) return false
    if (this.#pools.outlook(task) !== 'all-avoided') return false
    if (task.failedOn === undefined) return true
    forgive(task)
    if (this.#pools.outlook(task) !== 'all-avoided') return false
    task.failedOn = undefined
    return this.#pools.outlook(task) === 'all-avoided'
  }

  #run(task: Task<Order>, engine: EngineSlot<Order>): void {
    this.#room.leave(task)
    task.engine = engine
    engine.running.add(task)
    this.#pools.used(engine)
    const again = task.seenBy?.has(engine.uuid) === true
    this.#effects.push({ type: 'run-task', order: task.order, engine: engine.uuid, again })
  }
}
