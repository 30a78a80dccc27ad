import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { ArgumentError } from '../base/mod.ts'
import { type JupyterHost, jupyterDataDir, thisHost } from './jupyter-dirs.ts'

/** Where a kernelspec is for: this user, a folder, or the Python environment that is active. */
export type InstallPlace =
  | { readonly type: 'user' }
  | { readonly type: 'prefix'; readonly prefix: string }
  | { readonly type: 'sys-prefix' }

/**
 * The folder of kernelspecs at a place.
 * @throws {ArgumentError} when no Python environment is active and no Python is to be found.
 */
export function kernelspecDirOf(place: InstallPlace, host: JupyterHost = thisHost()): string {
  switch (place.type) {
    case 'user':
      return join(jupyterDataDir(host), 'kernels')
    case 'prefix':
      return belowPrefix(resolve(place.prefix))
    case 'sys-prefix':
      return belowPrefix(host.env['VIRTUAL_ENV'] || host.env['CONDA_PREFIX'] || prefixOfPython())
  }
}

function belowPrefix(prefix: string): string {
  return join(prefix, 'share', 'jupyter', 'kernels')
}

/** What Python itself calls `sys.prefix`. */
function prefixOfPython(): string {
  for (const python of ['python3', 'python']) {
    const { status, stdout } = spawnSync(python, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8',
      windowsHide: true,
    })
    if (status === 0 && stdout.trim() !== '') return stdout.trim()
  }
  throw new ArgumentError(
    '--sys-prefix is the folder of a Python environment, and there is no Python here; ' +
      'activate one, or say where: --prefix=PATH',
  )
}
