import { assert } from '../base/mod.ts'
import type { EngineSlot } from './engine-slot.ts'
import { type HeapItem, IndexedHeap } from './indexed-heap.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'
import { type Ticket, TicketHeap } from './ticket-heap.ts'

/** Tasks that avoid the same engines. */
interface AvoidingLane<Order extends TaskOrder> extends HeapItem {
  readonly key: string
  readonly avoided: ReadonlySet<string>
  readonly line: TicketHeap<Task<Order>>
}

/** Tasks of one language that any engine speaking it may take. */
interface Lane<Order extends TaskOrder> {
  readonly line: TicketHeap<Task<Order>>
  readonly avoiding: Map<string, AvoidingLane<Order>>
  readonly avoidingInOrder: IndexedHeap<AvoidingLane<Order>>
}

/** Where a waiting task is filed. */
export type Seat<Order extends TaskOrder> =
  | { readonly engines: readonly EngineSlot<Order>[] }
  | { readonly lane: Lane<Order>; readonly avoiding: AvoidingLane<Order> | undefined }

/**
 * The tasks that wait, filed under what they wait for, so that an engine with room finds the
 * oldest task that it may take without looking at the others.
 */
export class WaitingRoom<Order extends TaskOrder> {
  readonly #lanes = new Map<string | undefined, Lane<Order>>()
  readonly #deadlines = new TicketHeap<Task<Order>>('deadlineMs')

  /** When the next task has waited too long; undefined when none ever will. */
  get nextDeadlineMs(): number | undefined {
    return this.#deadlines.head?.deadlineMs
  }

  /** Gives the task a ticket, from which its time-out counts, unless it has one. */
  enter(task: Task<Order>, atMs: number): void {
    if (task.ticket !== undefined) return
    const deadlineMs = atMs + (task.order.wishes.timeoutMs ?? Infinity)
    task.ticket = { sequence: task.sequence, deadlineMs, task }
    if (deadlineMs !== Infinity) this.#deadlines.push(task.ticket)
  }

  /** Lets it wait for one of these engines. */
  sitAmong(task: Task<Order>, engines: readonly EngineSlot<Order>[]): void {
    const ticket = task.ticket!
    for (const engine of engines) engine.waiting.push(ticket)
    task.seat = { engines }
  }

  /** Lets it wait for any engine of its language that it does not avoid. */
  sit(task: Task<Order>): void {
    const ticket = task.ticket!
    const lane = this.#lane(task.order.wishes.language)
    if (task.unmetOn === undefined && task.failedOn === undefined) {
      lane.line.push(ticket)
      task.seat = { lane, avoiding: undefined }
      return
    }
    const avoiding = this.#avoidingLane(lane, task)
    const isNew = avoiding.heapIndex === -1
    avoiding.line.push(ticket)
    if (isNew) lane.avoidingInOrder.add(avoiding)
    else lane.avoidingInOrder.update(avoiding)
    task.seat = { lane, avoiding }
  }

  /** Its waiting has ended. */
  leave(task: Task<Order>): void {
    const { ticket, seat } = task
    if (ticket === undefined) return
    ticket.task = undefined
    task.ticket = undefined
    task.seat = undefined
    if (ticket.deadlineMs !== Infinity) this.#deadlines.ticketVoided()
    if (seat === undefined) return
    if ('engines' in seat) {
      for (const engine of seat.engines) engine.waiting.ticketVoided()
    } else {
      this.#leaveLane(seat.lane, seat.avoiding, ticket, task.order.wishes.language)
    }
  }

  /** It waits on, with the same time-out, but for something else. */
  stand(task: Task<Order>): void {
    const { ticket } = task
    if (ticket === undefined || task.seat === undefined) return
    this.leave(task)
    task.ticket = { sequence: ticket.sequence, deadlineMs: ticket.deadlineMs, task }
    if (ticket.deadlineMs !== Infinity) this.#deadlines.push(task.ticket)
  }

  /** The oldest task that this engine may take. `languages`: those whose tasks it takes. */
  nextFor(
    engine: EngineSlot<Order>,
    languages: readonly (string | undefined)[],
  ): Task<Order> | undefined {
    let first = engine.waiting.head
    for (const language of languages) {
      const lane = this.#lanes.get(language)
      if (lane === undefined) continue
      first = older(first, lane.line.head)
      const avoiding = lane.avoidingInOrder.first(({ avoided }) => !avoided.has(engine.uuid))
      first = older(first, avoiding?.line.head)
    }
    return first?.task
  }

  /** Tasks of this language that avoid engines, and among these a certain one, or not. */
  avoidingTasks(language: string | undefined, uuid: string, avoided: boolean): Task<Order>[] {
    const lanes = this.#lanes.get(language)?.avoidingInOrder.items ?? []
    return lanes.flatMap((lane) => (lane.avoided.has(uuid) === avoided ? lane.line.tasks() : []))
  }

  /** All tasks of this language that wait for any engine that speaks it. */
  tasksOf(language: string | undefined): Task<Order>[] {
    const lane = this.#lanes.get(language)
    if (lane === undefined) return []
    return [lane.line, ...lane.avoidingInOrder.items.map(({ line }) => line)].flatMap((line) =>
      line.tasks(),
    )
  }

  /** A task whose time is over, if there is one. */
  overdue(atMs: number): Task<Order> | undefined {
    const first = this.#deadlines.head
    return first !== undefined && first.deadlineMs <= atMs ? first.task : undefined
  }

  #lane(language: string | undefined): Lane<Order> {
    let lane = this.#lanes.get(language)
    if (lane === undefined) {
      lane = {
        line: new TicketHeap('sequence'),
        avoiding: new Map(),
        avoidingInOrder: new IndexedHeap(({ line }) => line.head!.sequence),
      }
      this.#lanes.set(language, lane)
    }
    return lane
  }

  #avoidingLane(lane: Lane<Order>, task: Task<Order>): AvoidingLane<Order> {
    const avoided = new Set([...(task.unmetOn ?? []), ...(task.failedOn ?? [])])
    const key = [...avoided].sort().join()
    let avoiding = lane.avoiding.get(key)
    if (avoiding === undefined) {
      avoiding = { key, avoided, line: new TicketHeap('sequence'), heapIndex: -1 }
      lane.avoiding.set(key, avoiding)
    }
    return avoiding
  }

  #leaveLane(
    lane: Lane<Order>,
    avoiding: AvoidingLane<Order> | undefined,
    ticket: Ticket<Task<Order>>,
    language: string | undefined,
  ): void {
    assert(ticket.task === undefined, 'a ticket is void before its lane hears of it')
    if (avoiding === undefined) {
      lane.line.ticketVoided()
    } else if (avoiding.line.size === 1) {
      lane.avoidingInOrder.remove(avoiding)
      lane.avoiding.delete(avoiding.key)
    } else {
      avoiding.line.ticketVoided()
      lane.avoidingInOrder.update(avoiding)
    }
    if (lane.line.size === 0 && lane.avoiding.size === 0) this.#lanes.delete(language)
  }
}

function older<Order extends TaskOrder>(
  a: Ticket<Task<Order>> | undefined,
  b: Ticket<Task<Order>> | undefined,
): Ticket<Task<Order>> | undefined {
  if (a === undefined) return b
  return b !== undefined && b.sequence < a.sequence ? b : a
}
