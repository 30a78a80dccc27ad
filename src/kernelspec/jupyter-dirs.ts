import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** What decides where Jupyter keeps its files; a parameter so that tests can be on any system. */
export interface JupyterHost {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** This process's machine and user. */
export function thisHost(): JupyterHost {
  return { platform: process.platform, home: homedir(), env: process.env }
}

function pathOf(host: JupyterHost): typeof posix {
  return host.platform === 'win32' ? win32 : posix
}

/** Python's `envset`: set, and none of the words for no. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(no|n|false|off|0|0\.0|)$/i.test(value)
}

/** The user's Jupyter folder. Source: `jupyter_core.paths.jupyter_data_dir`. */
export function jupyterDataDir(host: JupyterHost = thisHost()): string {
  const { env, home, platform } = host
  const path = pathOf(host)
  if (env['JUPYTER_DATA_DIR']) return env['JUPYTER_DATA_DIR']
  if (platform === 'darwin') return path.join(home, 'Library', 'Jupyter')
  if (platform === 'win32') {
    if (env['APPDATA']) return path.join(env['APPDATA'], 'jupyter')
    return path.join(env['JUPYTER_CONFIG_DIR'] || path.join(home, '.jupyter'), 'data')
  }
  return path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'jupyter')
}

/** Where the connection files of running kernels lie. */
export function jupyterRuntimeDir(host: JupyterHost = thisHost()): string {
  return host.env['JUPYTER_RUNTIME_DIR'] || pathOf(host).join(jupyterDataDir(host), 'runtime')
}

/**
 * Every folder with Jupyter's data, the first wins: `JUPYTER_PATH`, the user's, that of the active
 * Python environment, the system's. An environment that is active comes before the user's, as in
 * a Python that runs in it. Source: `jupyter_core.paths.jupyter_path`.
 */
export function jupyterDirs(host: JupyterHost = thisHost()): string[] {
  const { env, platform } = host
  const path = pathOf(host)
  const given = (env['JUPYTER_PATH'] ?? '').split(path.delimiter).filter((dir) => dir !== '')
  const prefixes = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']].filter((prefix) => !!prefix)
  const environments = prefixes.map((prefix) => path.join(prefix!, 'share', 'jupyter'))
  const preferred = env['JUPYTER_PREFER_ENV_PATH']
  const user = [jupyterDataDir(host)]
  const own =
    preferred === undefined || isOn(preferred)
      ? [...environments, ...user]
      : [...user, ...environments]
  return [...new Set([...given, ...own, ...systemDirs(platform, env, path.join)])]
}

function systemDirs(
  platform: NodeJS.Platform,
  env: JupyterHost['env'],
  joined: (...parts: string[]) => string,
): string[] {
  if (platform !== 'win32') return ['/usr/local/share/jupyter', '/usr/share/jupyter']
  // Anybody may write to it, so Jupyter asks to be told that it is to be trusted.
  const shared = isOn(env['JUPYTER_USE_PROGRAMDATA']) ? env['PROGRAMDATA'] : undefined
  return shared ? [joined(shared, 'jupyter')] : []
}

/** Where kernelspecs are looked for, each in a folder of its name; the first wins. */
export function kernelspecDirs(host: JupyterHost = thisHost()): string[] {
  return jupyterDirs(host).map((dir) => pathOf(host).join(dir, 'kernels'))
}
