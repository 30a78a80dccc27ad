import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ArgumentError } from '../base/mod.ts'

/** The package's folder, of `lib/kernelspec` as of `dist/kernelspec`. */
const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Node's own options for a process that runs cells. Node takes a timer whose code was stopped for
 * a fault of its own, unless it is told not to look. Importing from cells warns otherwise.
 */
export const kernelNodeOptions: readonly string[] = [
  '--no-force-async-hooks-checks',
  '--disable-warning=ExperimentalWarning',
]

/** The file of the command `iparallel`. @throws {ArgumentError} when it is not where it should be. */
function commandFile(): string {
  const manifest = join(root, 'package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: Record<string, string> }
  const file = join(root, bin?.['iparallel'] ?? '')
  if (bin?.['iparallel'] !== undefined && existsSync(file)) return file
  throw new ArgumentError(
    `the command iparallel is not where it should be (${file}); when a program is bundled, ` +
      "leave 'iparallel' out of the bundle (mark it as external)",
  )
}

/** The command line of a kernel, with Jupyter's `{connection_file}` or a path. */
export function kernelArgv(connectionFile: string): string[] {
  const command = [...kernelNodeOptions, commandFile(), 'kernel', 'start', '-f', connectionFile]
  return [process.execPath, ...command]
}

/** The kernel's pictures, as front ends look for them beside `kernel.json`. */
export function logoFiles(): { readonly name: string; readonly path: string }[] {
  return ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'].map((name) => ({
    name,
    path: join(root, 'assets', 'kernelspec', name),
  }))
}
