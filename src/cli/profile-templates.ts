import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArgumentError, messageOf } from '../base/mod.ts'
import { type App, configTemplate, type Profile } from '../cluster/mod.ts'

const apps: readonly App[] = ['ipcluster', 'ipcontroller', 'ipengine']

/**
 * Writes the configuration files that a profile does not have yet, and says which.
 * @throws {ArgumentError} when one cannot be written; no half of it is left behind.
 */
export function writeTemplates(profile: Profile): void {
  for (const app of apps) {
    const path = join(profile.dir, `${app}_config.toml`)
    if (existsSync(path)) {
      console.log(`kept ${path}`)
    } else {
      write(path, configTemplate(app))
      console.log(`wrote ${path}`)
    }
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(path, { force: true })
    throw new ArgumentError(`could not write ${path}: ${messageOf(cause)}`, { cause })
  }
}
