import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

/** Milliseconds between two signs of life, and without one until an owner elsewhere is gone. */
const signMs = 10_000
const goneMs = 60_000

/** Files that this process owns: a number says nothing in a container, where all have the same. */
const owned = new Set<string>()

interface Owner {
  readonly pid: number
  readonly host: string
}

/**
 * One process at a time has a file of records. SQLite's own lock cannot say so here: it stays
 * behind when a process is killed, and nobody could tell it from one that holds.
 */
export class FileOwner {
  readonly #path: string
  readonly #timer: NodeJS.Timeout

  /** @returns undefined when another process has it. */
  static of(path: string, isAlive: (pid: number) => boolean): FileOwner | undefined {
    const sign = `${path}.owner`
    mkdirSync(dirname(path), { recursive: true })
    if (owned.has(path) || ownerIsThere(sign, isAlive)) return undefined
    try {
      writeFileSync(sign, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 })
    } catch (error) {
      rmSync(sign, { force: true })
      throw error
    }
    rmSync(`${path}.lock`, { recursive: true, force: true })
    return new FileOwner(path)
  }

  private constructor(path: string) {
    this.#path = path
    owned.add(path)
    this.#timer = setInterval(() => this.#showLife(), signMs)
    this.#timer.unref()
  }

  release(): void {
    clearInterval(this.#timer)
    owned.delete(this.#path)
    rmSync(`${this.#path}.owner`, { force: true })
  }

  #showLife(): void {
    const now = new Date()
    try {
      utimesSync(`${this.#path}.owner`, now, now)
    } catch {
      // Somebody has removed it; nothing depends on it while this process runs.
    }
  }
}

function ownerIsThere(sign: string, isAlive: (pid: number) => boolean): boolean {
  let owner: Owner
  try {
    owner = JSON.parse(readFileSync(sign, 'utf8')) as Owner
  } catch {
    return false
  }
  if (owner.host === hostname()) return owner.pid !== process.pid && isAlive(owner.pid)
  const seenMs = statSync(sign, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return Date.now() - seenMs < goneMs
}
