interface Heart {
  answered: boolean
  misses: number
}

export interface HeartMonitorOptions {
  /** Milliseconds between two beats. */
  readonly periodMs: number
  /** A heart has stopped when it missed more beats than this in a row. */
  readonly missesMax: number
}

/**
 * Listens whether engines are alive. Each beat is a ping that every heart sends back as it is.
 * Source: protocol reference §5.3.
 */
export class HeartMonitor {
  readonly #options: HeartMonitorOptions
  readonly #startedAtMs: number
  readonly #hearts = new Map<string, Heart>()
  /** Pings since the last beat, and those between it and the one before: an answer may be late. */
  #latest = new Set<string>()
  #previous = new Set<string>()
  #lastPing: string | undefined
  #beatAtMs: number

  constructor(options: HeartMonitorOptions, atMs: number) {
    this.#options = options
    this.#startedAtMs = atMs
    this.#beatAtMs = atMs
  }

  get nextBeatAtMs(): number {
    return this.#beatAtMs + this.#options.periodMs
  }

  watch(uuid: string): void {
    this.#hearts.set(uuid, { answered: true, misses: 0 })
  }

  unwatch(uuid: string): void {
    this.#hearts.delete(uuid)
  }

  /** The text of a ping to be published now: the seconds since the start, as Python has it. */
  ping(atMs: number): string {
    const ping = String((atMs - this.#startedAtMs) / 1000)
    this.#latest.add(ping)
    this.#lastPing = ping
    return ping
  }

  /** The text of a ping for a newcomer: the latest of this period, if there was one. */
  pingAgain(atMs: number): string {
    return this.#lastPing ?? this.ping(atMs)
  }

  /** Whether this answers a ping of the current or the last period. */
  isFresh(ping: string): boolean {
    return this.#latest.has(ping) || this.#previous.has(ping)
  }

  /** A heart has answered. */
  heard(uuid: string): void {
    const heart = this.#hearts.get(uuid)
    if (heart === undefined) return
    heart.answered = true
    heart.misses = 0
  }

  /** Closes a period: counts who has missed it. Gives the uuids of hearts that have stopped. */
  beat(atMs: number): string[] {
    // Whoever slept through a period himself cannot know who was silent.
    const slept = atMs - this.#beatAtMs > 2 * this.#options.periodMs
    this.#beatAtMs = atMs
    this.#previous = this.#latest
    this.#latest = new Set()
    this.#lastPing = undefined
    const stopped: string[] = []
    for (const [uuid, heart] of this.#hearts) {
      if (heart.answered || slept) {
        heart.answered = false
      } else {
        heart.misses++
        if (heart.misses > this.#options.missesMax) stopped.push(uuid)
      }
    }
    return stopped
  }
}
