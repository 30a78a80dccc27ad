import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { transformModule } from './transform-module.ts'

interface Compiling extends NodeJS.Module {
  _compile(source: string, path: string): void
}

/** Lets `require` load files of TypeScript, enums and all. */
export function installTypeScriptRequire(): void {
  const { _extensions } = Module as unknown as {
    readonly _extensions: Record<string, (module: Compiling, path: string) => void>
  }
  for (const extension of ['.ts', '.cts', '.mts']) {
    _extensions[extension] = (module, path) =>
      module._compile(transformModule(readFileSync(path, 'utf8'), path, 'commonjs'), path)
  }
}
