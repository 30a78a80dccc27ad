import { assert, limits, Queue } from '../base/mod.ts'
import { describeCause } from '../jupyter/mod.ts'
import type { TaskEnd } from './dependency.ts'
import { EnginePools, type EnginePoolsOptions } from './engine-pools.ts'
import { EngineSlot } from './engine-slot.ts'
import { Placement } from './placement.ts'
import type { SchedulerEffect, SchedulerEvent, TaskFailure } from './scheduler-events.ts'
import { Task } from './task.ts'
import { TaskDependencies } from './task-dependencies.ts'
import { TaskDirectory } from './task-directory.ts'
import type { TaskOrder } from './task-order.ts'
import { WaitingRoom } from './waiting-room.ts'
import { WorkAhead } from './work-ahead.ts'

type EventOf<Order extends TaskOrder, Type> = Extract<SchedulerEvent<Order>, { type: Type }>

export interface TaskSchedulerOptions extends EnginePoolsOptions {
  /** Default: `limits.finishedTaskIdsMax`. */
  readonly finishedIdsMax?: number
  /** Milliseconds of work that an engine may have beyond its high-water mark. Default 10. */
  readonly aheadMs?: number
}

/**
 * Decides which engine runs which task and when. Pure: what happened goes in, what to do comes
 * out. Between two events no task waits that an engine with room could take; that is why a new
 * task may run at once without overtaking one.
 * Source: protocol reference §11 and §20.
 */
export class TaskScheduler<Order extends TaskOrder> {
  readonly #tasks: TaskDirectory<Order>
  readonly #dependencies: TaskDependencies<Order>
  readonly #pools: EnginePools<Order>
  readonly #room = new WaitingRoom<Order>()
  readonly #ahead: WorkAhead<Order>
  readonly #placement: Placement<Order>
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
    this.#dependencies = new TaskDependencies(this.#tasks)
    this.#ahead = new WorkAhead(this.#pools.loadMax, options.aheadMs ?? limits.aheadWorkMs)
    this.#placement = new Placement(this.#pools, this.#room, this.#ahead, {
      run: (task, engine) => this.#run(task, engine),
      fail: (task, failure) => this.#fail(task, failure),
    })
  }

  /** When `time-passed` is due, in monotonic milliseconds; undefined when nothing waits for it. */
  get nextDeadlineMs(): number | undefined {
    const deadlineMs = this.#room.nextDeadlineMs ?? Number.POSITIVE_INFINITY
    const dueMs = Math.min(deadlineMs, this.#ahead.checkAtMs ?? Number.POSITIVE_INFINITY)
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
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
        this.#recall(event.atMs)
        break
    }
    this.#settle(event.atMs)
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  #submit(order: Order, atMs: number): void {
    const known = this.#tasks.living(order.id)
    if (known !== undefined) {
      known.order = order
      return
    }
    if (this.#tasks.has(order.id)) {
      this.#effects.push({ type: 'repeat-answer', order })
      return
    }
    const fault = this.#dependencies.fault(order.id, order.wishes)
    const after = this.#dependencies.begin(order.wishes.after)
    const follow = this.#dependencies.begin(order.wishes.follow)
    const task = new Task(order, this.#nextSequence++, after, follow)
    this.#tasks.add(task)
    if (fault !== undefined) {
      this.#fail(task, { ename: 'InvalidDependency', evalue: fault })
      return
    }
    this.#dependencies.watch(task)
    this.#reconsider(task, atMs)
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
    const isUndone = event.status === 'aborted' || event.status === 'returned'
    if (isUndone) {
      this.#ahead.returned(engine)
    } else {
      engine.together = event.together ?? 1
      this.#ahead.answered(engine, task, event.runMs, event.atMs)
    }
    this.#pools.loadChanged(engine)
    this.#freed = engine
    if (event.status === 'returned' && !task.aborted) {
      this.#takeBack(task, engine)
      return
    }
    if (!task.aborted && !isUndone) {
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
    this.#takeBack(task, engine)
  }

  /** The task goes back to those that wait for an engine, none the worse. */
  #takeBack(task: Task<Order>, engine: EngineSlot<Order>): void {
    task.seenBy ??= new Set()
    task.seenBy.add(engine.uuid)
    this.#effects.push({ type: 'unassign-task', order: task.order })
    this.#ready.push(task)
  }

  #join(event: EventOf<Order, 'engine-joined'>): void {
    if (this.#pools.get(event.uuid) !== undefined) return
    const rank = this.#pools.rankOfNewcomer
    const { uuid, id, language, recalls } = event
    const engine = new EngineSlot<Order>(uuid, id, language, recalls, rank)
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
    this.#ahead.engineLeft(engine)
    // Of an engine that was given up without being seen to end, nobody knows what it has begun.
    const isKnown = engine.recalls && event.cause !== undefined
    let begun = 0
    for (const task of engine.running) {
      task.engine = undefined
      if (isKnown && ++begun > engine.together && !task.aborted) {
        this.#takeBack(task, engine)
        continue
      }
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

  /** Engines that do not get on give back what they have not begun. */
  #recall(atMs: number): void {
    for (const engine of this.#ahead.takeStuck(atMs)) {
      this.#pools.loadChanged(engine)
      const [, ...behind] = engine.running
      for (const task of behind) {
        if (task.aborted) continue
        this.#effects.push({ type: 'recall-task', order: task.order, engine: engine.uuid })
      }
    }
  }

  #run(task: Task<Order>, engine: EngineSlot<Order>): void {
    const again = task.seenBy?.has(engine.uuid) === true
    this.#effects.push({ type: 'run-task', order: task.order, engine: engine.uuid, again })
  }

  #fail(task: Task<Order>, failure: TaskFailure): void {
    this.#effects.push({ type: 'fail-task', order: task.order, failure })
    this.#end(task, { success: false, engine: undefined })
  }

  #end(task: Task<Order>, end: TaskEnd): void {
    this.#room.leave(task)
    if (task.after !== undefined || task.follow !== undefined) this.#dependencies.unwatch(task)
    assert(!task.hasEnded, 'a task ends once')
    task.hasEnded = true
    this.#tasks.bury(task.id, end)
    if (this.#dependencies.hasDependents(task.id)) this.#ended.push({ id: task.id, end })
  }

  /** Carries on until nothing follows from the event any more. */
  #settle(atMs: number): void {
    while (this.#ended.size > 0 || this.#ready.length > 0 || this.#freed !== undefined) {
      for (let ended = this.#ended.shift(); ended; ended = this.#ended.shift()) {
        for (const task of this.#dependencies.settle(ended.id, ended.end)) {
          if (task.engine === undefined) this.#reconsider(task, atMs)
        }
      }
      const ready = this.#ready
      this.#ready = []
      if (ready.length > 1) ready.sort((a, b) => a.sequence - b.sequence)
      const freed = this.#freed
      this.#freed = undefined
      if (freed !== undefined) this.#placement.offer(freed, ready, atMs)
      for (const task of ready) this.#placement.place(task, atMs)
      if (freed !== undefined) this.#placement.offerAhead(freed, atMs)
    }
  }
}
