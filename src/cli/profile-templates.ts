import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type App, configTemplate, type Profile } from '../cluster/mod.ts'

const apps: readonly App[] = ['ipcluster', 'ipcontroller', 'ipengine']

/** Writes the configuration files that a profile does not have yet, and says which. */
export function writeTemplates(profile: Profile): void {
  for (const app of apps) {
    const path = join(profile.dir, `${app}_config.toml`)
    if (existsSync(path)) {
      console.log(`kept ${path}`)
    } else {
      writeFileSync(path, configTemplate(app), { flag: 'wx' })
      console.log(`wrote ${path}`)
    }
  }
}
