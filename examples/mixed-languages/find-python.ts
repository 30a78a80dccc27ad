import { spawnSync } from 'node:child_process'

/** What `pip` is to install where nothing was found. */
export const howToGetPython =
  'this example needs Python with ipyparallel and NumPy: python3 -m pip install ipyparallel numpy ' +
  '(PYTHON names the Python to use)'

/** The first Python that has both: what `PYTHON` names, an environment `.venv` here, the usual ones. */
export function findPython(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['PYTHON']
  const candidates = given
    ? [given]
    : ['.venv/bin/python', '.venv\\Scripts\\python.exe', 'python3', '/usr/bin/python3', 'python']
  return candidates.find((python) => {
    const args = ['-c', 'import ipyparallel, numpy']
    return spawnSync(python, args, { stdio: 'ignore', windowsHide: true }).status === 0
  })
}
