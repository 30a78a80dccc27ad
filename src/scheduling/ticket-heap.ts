import { KeyedHeap } from './keyed-heap.ts'

/** A task's place in the queue, from the moment it has to wait until it runs or ends. */
export interface Ticket<Task> {
  /** Order of submission. */
  readonly sequence: number
  /** When waiting becomes too long, in monotonic milliseconds; Infinity for never. */
  readonly deadlineMs: number
  /** Undefined once the ticket is void: whoever still holds it keeps nothing alive. */
  task: Task | undefined
}

/** Void tickets are swept out when there are so many, and more than valid ones. */
const voidMin = 64

function ignore(): void {}

/**
 * Tickets in order. One ticket may lie in many heaps; voiding it is one assignment, and each heap
 * that is told so throws void tickets away when they come up or are too many.
 */
export class TicketHeap<Task> {
  #heap = new KeyedHeap<Ticket<Task>>(ignore)
  #void = 0
  readonly #key: 'sequence' | 'deadlineMs'

  constructor(key: 'sequence' | 'deadlineMs') {
    this.#key = key
  }

  /** How many valid tickets it holds. */
  get size(): number {
    return this.#heap.size - this.#void
  }

  /** The first valid ticket. */
  get head(): Ticket<Task> | undefined {
    for (;;) {
      const first = this.#heap.top
      if (first === undefined || first.task !== undefined) return first
      this.#heap.removeAt(0)
      this.#void--
    }
  }

  push(ticket: Ticket<Task>): void {
    this.#heap.add(ticket, ticket[this.#key])
  }

  /** To be called once for every ticket in here that was made void. */
  ticketVoided(): void {
    this.#void++
    if (this.#void < voidMin || this.#void * 2 < this.#heap.size) return
    const valid = this.#heap.items.filter((ticket) => ticket.task !== undefined)
    this.#heap = new KeyedHeap(ignore)
    this.#void = 0
    for (const ticket of valid) this.push(ticket)
  }

  /** The tasks of all valid tickets, in no order. */
  tasks(): Task[] {
    const tasks: Task[] = []
    for (const { task } of this.#heap.items) if (task !== undefined) tasks.push(task)
    return tasks
  }
}
