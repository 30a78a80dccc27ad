import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A Python to test against, or why there is none: what `skip` of a test takes. */
export interface PythonPeer {
  readonly path: string | undefined
  readonly skip: string | false
}

function imports(python: string, code: string): boolean {
  return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0
}

function find(candidates: readonly (string | undefined)[], code: string, how: string): PythonPeer {
  const path = candidates.find((name) => name !== undefined && imports(name, code))
  return { path, skip: path === undefined ? `not installed here: ${how}` : false }
}

/** The virtual environment for Python peers from PyPI: `.venv`, or where `IPARALLEL_VENV` says. */
const environment = process.env['IPARALLEL_VENV'] ?? join(root, '.venv')
const inEnvironment = ['bin/python', 'Scripts/python.exe']
  .map((name) => join(environment, name))
  .find((path) => existsSync(path))

const ofVersion = (range: string): string =>
  `import ipyparallel, sys; sys.exit(0 if ${range.replace('v', 'ipyparallel.version_info[0]')} else 1)`

/** Python with ipyparallel 7, as Debian has it; `PYTHON` names another one. */
export const pythonWithIpyparallel7: PythonPeer = find(
  [process.env['PYTHON'], '/usr/bin/python3', 'python3', 'python'],
  ofVersion('v < 8'),
  'apt-get install python3-ipyparallel python3-numpy (PYTHON names another Python)',
)

/** Python with ipyparallel 9 from PyPI. */
export const pythonWithIpyparallel9: PythonPeer = find(
  [inEnvironment],
  ofVersion('v >= 9'),
  'python3 -m venv .venv && .venv/bin/pip install ipyparallel numpy',
)

/** Python with the Jupyter clients. */
export const pythonWithJupyter: PythonPeer = find(
  [inEnvironment],
  'import jupyter_client, jupyter_console, ipykernel',
  'python3 -m venv .venv && .venv/bin/pip install jupyter_client jupyter_console ipykernel',
)

/** Python with Jupyter's QtConsole. */
export const pythonWithQtConsole: PythonPeer = find(
  [inEnvironment],
  'import qtconsole, qtpy.QtWidgets',
  'python3 -m venv .venv && .venv/bin/pip install qtconsole PyQt5',
)
