/** A task's place in the queue, from the moment it has to wait until it runs or ends. */
export interface Ticket<Task> {
  /** Order of submission. */
  readonly sequence: number
  /** When waiting becomes too long, in monotonic milliseconds; Infinity for never. */
  readonly deadlineMs: number
  /** Undefined once the ticket is void: whoever still holds it keeps nothing alive. */
  task: Task | undefined
}

const deadMin = 64

/**
 * Tickets in order. One ticket may lie in many heaps; voiding it is one assignment, and each heap
 * that is told so throws void tickets away when they come up or are too many.
 */
export class TicketHeap<Task> {
  #tickets: Ticket<Task>[] = []
  #dead = 0
  readonly #key: (ticket: Ticket<Task>) => number

  constructor(order: 'sequence' | 'deadlineMs') {
    this.#key = order === 'sequence' ? (t) => t.sequence : (t) => t.deadlineMs
  }

  /** How many valid tickets it holds. */
  get size(): number {
    return this.#tickets.length - this.#dead
  }

  /** The first valid ticket. */
  get head(): Ticket<Task> | undefined {
    for (;;) {
      const first = this.#tickets[0]
      if (first === undefined || first.task !== undefined) return first
      this.#dropFirst()
      this.#dead--
    }
  }

  push(ticket: Ticket<Task>): void {
    this.#tickets.push(ticket)
    this.#rise(this.#tickets.length - 1)
  }

  /** To be called once for every ticket in here that was made void. */
  ticketVoided(): void {
    this.#dead++
    if (this.#dead < deadMin || this.#dead * 2 < this.#tickets.length) return
    this.#tickets = this.#tickets.filter((ticket) => ticket.task !== undefined)
    this.#dead = 0
    for (let at = (this.#tickets.length >> 1) - 1; at >= 0; at--) this.#sink(at)
  }

  /** The tasks of all valid tickets, in no order. */
  tasks(): Task[] {
    const tasks: Task[] = []
    for (const { task } of this.#tickets) if (task !== undefined) tasks.push(task)
    return tasks
  }

  #dropFirst(): void {
    const last = this.#tickets.pop()!
    if (this.#tickets.length === 0) return
    this.#tickets[0] = last
    this.#sink(0)
  }

  #rise(from: number): void {
    const tickets = this.#tickets
    const ticket = tickets[from]!
    const key = this.#key(ticket)
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = tickets[parentAt]!
      if (this.#key(parent) <= key) break
      tickets[at] = parent
      at = parentAt
    }
    tickets[at] = ticket
  }

  #sink(from: number): void {
    const tickets = this.#tickets
    const ticket = tickets[from]!
    const key = this.#key(ticket)
    let at = from
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= tickets.length) break
      const right = tickets[childAt + 1]
      if (right !== undefined && this.#key(right) < this.#key(tickets[childAt]!)) childAt++
      const child = tickets[childAt]!
      if (this.#key(child) >= key) break
      tickets[at] = child
      at = childAt
    }
    tickets[at] = ticket
  }
}
