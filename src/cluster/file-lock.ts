import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../base/mod.ts'
import { LaunchError } from './errors.ts'

/** Milliseconds after which a lock counts as left behind; the work under it takes a few. */
const staleMs = 5_000
const retryMs = 10

/**
 * Makes a file with this content, only if none is there; in one step, so nobody sees half of it.
 * @returns false when there is one.
 */
export function createExclusively(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    try {
      linkSync(temporary, path)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      // A file system without links: the content follows a moment after the name.
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new LaunchError(`cannot write ${path}: ${messageOf(error)}`)
  } finally {
    rmSync(temporary, { force: true })
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

/**
 * Does something while no other process does it under the same lock. `breakMs`: how long a lock is
 * waited for whose age cannot be told, because the clock was set back.
 */
export async function withFileLock<T>(
  path: string,
  work: () => T | Promise<T>,
  breakMs: number = staleMs,
): Promise<T> {
  const owner = `${process.pid} ${Math.random()}`
  let holder: string | undefined
  let sinceMs = performance.now()
  while (!createExclusively(path, owner)) {
    const found = contentOf(path)
    if (found !== holder) {
      holder = found
      sinceMs = performance.now()
    }
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    const waitedMs = performance.now() - sinceMs
    if (ageMs > staleMs || waitedMs > breakMs) rmSync(path, { force: true })
    else await delay(retryMs)
  }
  try {
    return await work()
  } finally {
    if (contentOf(path) === owner) rmSync(path, { force: true })
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
