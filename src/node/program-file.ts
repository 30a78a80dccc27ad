import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file of ours that is started as a process or a thread of its own. */
export type Program = 'ipcontroller' | 'ipengine' | 'engine-worker'

const unbundled: Record<Program, string> = {
  ipcontroller: '../cli/process/ipcontroller.js',
  ipengine: '../cli/process/ipengine.js',
  'engine-worker': '../main/engine-worker.js',
}

/** Where a program is: in one piece where the build has put it so, because that starts sooner. */
export function programFile(program: Program): string {
  const own = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  const bundled = own(`../bundle/${program}.js`)
  return existsSync(bundled) ? bundled : own(unbundled[program])
}
