import { createRequire } from 'node:module'
import { join } from 'node:path'
import { workingFolder } from '../functions/mod.ts'
import { installTypeScriptRequire } from './modules/require-typescript.ts'

/** Gives cells a global `require` that starts from the working folder of the moment. */
export function installRequire(): void {
  let folder = ''
  let require: NodeJS.Require | undefined
  Object.defineProperty(globalThis, 'require', {
    configurable: true,
    get(): NodeJS.Require {
      const current = workingFolder()
      if (require === undefined || folder !== current) {
        if (require === undefined) installTypeScriptRequire()
        folder = current
        require = createRequire(join(current, 'cell'))
      }
      return require
    },
  })
}
