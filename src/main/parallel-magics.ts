import { createRequire } from 'node:module'
import type { ActiveViews, MagicExtension } from '../kernel/mod.ts'

/** How long the first engine may take to be seen, in milliseconds. */
const firstEngineMs = 5_000

/** `%px` and its like, for a kernel in this process: see `NodeEvaluatorOptions.magics`. */
export async function parallelMagics(views: ActiveViews): Promise<MagicExtension> {
  const { ParallelMagics } = await import('../px/mod.ts')
  return new ParallelMagics(views, async () => {
    const { Client } = await import('./client.ts')
    const client = await Client.connect()
    // A cluster that has just been started may still be waiting for its engines.
    await client.waitForEngines(1, { timeoutMs: firstEngineMs }).catch(() => {})
    return client
  })
}

/**
 * Gives cells the names `Client` and `Cluster` without an import, as a kernel may run in a folder
 * where this package is not installed. They are loaded when they are first used.
 */
export function offerClient(): void {
  const require = createRequire(import.meta.url)
  for (const name of ['Client', 'Cluster']) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => (require('./mod.js') as Record<string, unknown>)[name],
    })
  }
}
