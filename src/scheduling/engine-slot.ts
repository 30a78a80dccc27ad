import type { TaskEnd } from './dependency.ts'
import type { EngineLoad } from './policy/policy.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'
import { TicketHeap } from './ticket-heap.ts'

/** An engine as the scheduler sees it. */
export class EngineSlot<Order extends TaskOrder> implements EngineLoad {
  readonly uuid: string
  readonly id: number
  readonly language: string
  heapIndex = -1
  rank: number
  /** Tasks that were sent there and have not ended, in the order of sending. */
  readonly running: Set<Task<Order>> = new Set()
  /** Tasks that wait for this engine, or for one of a few that it belongs to. */
  readonly waiting: TicketHeap<Task<Order>> = new TicketHeap('sequence')

  /** What dependents are told of tasks that ended here; shared by all of these tasks. */
  readonly success: TaskEnd
  readonly failure: TaskEnd

  constructor(uuid: string, id: number, language: string, rank: number) {
    this.uuid = uuid
    this.id = id
    this.language = language
    this.rank = rank
    this.success = { success: true, engine: uuid }
    this.failure = { success: false, engine: uuid }
  }

  get load(): number {
    return this.running.size
  }
}
