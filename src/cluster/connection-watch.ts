import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf } from '../base/mod.ts'
import { type EngineConnectionInfo, readEngineInfo } from '../jupyter/mod.ts'

/** What is found at the place of the connection file. */
export type ConnectionSight =
  | { readonly type: 'found'; readonly info: EngineConnectionInfo }
  | { readonly type: 'missing' }
  /** Something is there that is no connection file; perhaps it is still being copied. */
  | { readonly type: 'unreadable'; readonly why: string }

export interface ConnectionWatchOptions {
  readonly path: string
  /** Called at once, and then whenever what is found is another. */
  readonly onSight: (sight: ConnectionSight) => void
  /** Milliseconds between two looks where the system does not report changes; default 1000. */
  readonly pollMs?: number
}

/**
 * Watches an engine's connection file: made late, replaced by a synced folder, written anew by a
 * restarted controller. Folders on a network report no changes, so it also looks by itself.
 */
export class ConnectionWatch {
  readonly #options: ConnectionWatchOptions
  readonly #timer: NodeJS.Timeout
  #watcher: FSWatcher | undefined
  #seen: string | undefined

  constructor(options: ConnectionWatchOptions) {
    this.#options = options
    this.#look()
    this.#timer = setInterval(() => this.#look(), options.pollMs ?? 1_000)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #look(): void {
    this.#watcher ??= this.#watch()
    const { path, onSight } = this.#options
    const found = content(path)
    if (found === this.#seen) return
    this.#seen = found
    onSight(sightOf(found))
  }

  /** The folder is watched, because a file that is replaced is another file. */
  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(dirname(this.#options.path), { persistent: false })
      watcher.on('change', () => this.#look())
      watcher.on('error', () => this.#unwatch())
      watcher.on('close', () => this.#unwatch())
      return watcher
    } catch {
      return undefined
    }
  }

  /** The folder went away; when it is there again it is watched again. */
  #unwatch(): void {
    this.#watcher = undefined
  }
}

const missing = '(missing)'
const denied = '(denied) '

function content(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? missing : `${denied}${messageOf(error)}`
  }
}

function sightOf(found: string): ConnectionSight {
  if (found === missing) return { type: 'missing' }
  if (found.startsWith(denied)) return { type: 'unreadable', why: found.slice(denied.length) }
  try {
    return { type: 'found', info: readEngineInfo(found) }
  } catch (error) {
    return { type: 'unreadable', why: messageOf(error) }
  }
}
