/** Who waits for whom. */
export class DependencyGraph<Task> {
  readonly #dependents = new Map<string, Set<Task>>()

  add(ids: Iterable<string>, task: Task): void {
    for (const id of ids) {
      const waiting = this.#dependents.get(id)
      if (waiting === undefined) this.#dependents.set(id, new Set([task]))
      else waiting.add(task)
    }
  }

  remove(ids: Iterable<string>, task: Task): void {
    for (const id of ids) {
      const waiting = this.#dependents.get(id)
      if (waiting?.delete(task) && waiting.size === 0) this.#dependents.delete(id)
    }
  }

  /** Whether anybody waits for `id`. */
  has(id: string): boolean {
    return this.#dependents.has(id)
  }

  /** Those that waited for `id`, in the order in which they came; they are forgotten. */
  release(id: string): Iterable<Task> {
    const waiting = this.#dependents.get(id)
    if (waiting === undefined) return []
    this.#dependents.delete(id)
    return waiting
  }
}
