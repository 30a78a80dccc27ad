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

/** Looked for when a test asks, once: to start a Python for each that a file names takes a while. */
class SoughtPython implements PythonPeer {
  readonly #candidates: readonly (string | undefined)[]
  readonly #code: string
  readonly #how: string
  #found: { readonly path: string | undefined } | undefined

  /** `code` ends well in a Python that will do; `how` says how to get one. */
  constructor(candidates: readonly (string | undefined)[], code: string, how: string) {
    this.#candidates = candidates
    this.#code = code
    this.#how = how
  }

  get path(): string | undefined {
    const ends = (python: string) =>
      spawnSync(python, ['-c', this.#code], { stdio: 'ignore' }).status === 0
    this.#found ??= {
      path: this.#candidates.find((python) => python !== undefined && ends(python)),
    }
    return this.#found.path
  }

  get skip(): string | false {
    return this.path === undefined ? `not installed here: ${this.#how}` : false
  }
}

/** The virtual environment for Python peers from PyPI: `.venv`, or where `IPARALLEL_VENV` says. */
const environment = process.env['IPARALLEL_VENV'] ?? join(root, '.venv')
const inEnvironment = ['bin/python', 'Scripts/python.exe']
  .map((name) => join(environment, name))
  .find((path) => existsSync(path))

/** Asks without importing it, which takes many times as long. */
const ofVersion = (range: string): string =>
  'import importlib.metadata, sys; ' +
  "v = int(importlib.metadata.version('ipyparallel').split('.')[0]); " +
  `sys.exit(0 if ${range} else 1)`

const withPackages = (names: string): string =>
  `import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, '${names}'.split())))`

/** Python with ipyparallel 7, as Debian has it; `PYTHON` names another one. */
export const pythonWithIpyparallel7: PythonPeer = new SoughtPython(
  [process.env['PYTHON'], '/usr/bin/python3', 'python3', 'python'],
  ofVersion('v < 8'),
  'apt-get install python3-ipyparallel python3-numpy (PYTHON names another Python)',
)

/** Python with ipyparallel 9 from PyPI. */
export const pythonWithIpyparallel9: PythonPeer = new SoughtPython(
  [inEnvironment],
  ofVersion('v >= 9'),
  'python3 -m venv .venv && .venv/bin/pip install ipyparallel numpy',
)

/** Python with the Jupyter clients. */
export const pythonWithJupyter: PythonPeer = new SoughtPython(
  [inEnvironment],
  withPackages('jupyter_client jupyter_console ipykernel'),
  'python3 -m venv .venv && .venv/bin/pip install jupyter_client jupyter_console ipykernel',
)

/** Python with Jupyter's QtConsole. */
export const pythonWithQtConsole: PythonPeer = new SoughtPython(
  [inEnvironment],
  'import qtconsole, qtpy.QtWidgets',
  'python3 -m venv .venv && .venv/bin/pip install qtconsole PyQt5',
)
