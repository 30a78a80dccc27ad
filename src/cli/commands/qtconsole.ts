import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ArgumentError } from '../../base/mod.ts'
import { chooseProfile, profileEnvironment } from '../../cluster/mod.ts'
import { installKernelspec, ownKernelName } from '../../kernelspec/mod.ts'
import { readPlainOptions } from '../plain-options.ts'
import { shellExitCode } from '../shell-exit-code.ts'

const usage = `Usage: iparallel qtconsole [options] [-- options of QtConsole]

Starts Jupyter's QtConsole on a TypeScript kernel of its own. In it, Client.connect() finds the
cluster of the profile. QtConsole is a Python program; this command looks for one that has it.

Options:
  --profile=NAME       The profile whose cluster is meant (default: default)
  --profile-dir=PATH   The profile's folder; wins over the name
  --cluster-id=ID      Which of the profile's clusters
  --python=PATH        The Python that has QtConsole (default: the first on PATH that does)
  --existing=FILE      Attach to the kernel of a connection file instead
  -h, --help           Print this help`

/** `iparallel qtconsole` */
export async function qtconsole(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const theirs = end === -1 ? [] : args.slice(end + 1)
  const { options, words } = readPlainOptions(
    own,
    {
      profile: 'text',
      'profile-dir': 'text',
      'cluster-id': 'text',
      python: 'text',
      existing: 'text',
      help: 'flag',
    },
    { h: 'help' },
  )
  if (options.help) {
    console.log(usage)
    return 0
  }
  const { profile, 'profile-dir': profileDir, existing } = options
  const clusterId = options['cluster-id'] ?? process.env['IPP_CLUSTER_ID']
  const cluster = profileEnvironment(chooseProfile({ profile, profileDir }), clusterId)
  const program = findQtConsole(options.python)
  // The user need not have installed the kernel, nor is it ours to do so.
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-qtconsole-'))
  try {
    installKernelspec(join(dir, 'kernels'))
    const kernel =
      existing === undefined ? [`--kernel=${ownKernelName}`] : [`--existing=${existing}`]
    const child = spawn(program[0]!, [...program.slice(1), ...kernel, ...words, ...theirs], {
      stdio: 'inherit',
      env: {
        ...process.env,
        ...cluster,
        JUPYTER_PATH: [dir, process.env['JUPYTER_PATH']].filter(Boolean).join(delimiter),
      },
    })
    // Ctrl-C in the terminal reaches the window, too: it decides.
    process.on('SIGINT', () => {})
    for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name))
    return await exitCodeOf(child)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * The command that starts QtConsole.
 * @throws {ArgumentError} saying how it is installed.
 */
function findQtConsole(python: string | undefined): string[] {
  const pythons = python === undefined ? ['python3', 'python'] : [python]
  for (const candidate of pythons) {
    if (succeeds(candidate, ['-c', 'import qtconsole, qtpy.QtWidgets'])) {
      return [candidate, '-m', 'qtconsole']
    }
  }
  if (python === undefined && succeeds('jupyter', ['qtconsole', '--version'])) {
    return ['jupyter', 'qtconsole']
  }
  const where = python === undefined ? 'no Python on PATH has it' : `${python} does not have it`
  throw new ArgumentError(
    `QtConsole is not installed (${where}). Install it with: python3 -m pip install qtconsole PyQt5 ` +
      '(--python=PATH names another Python), or use: iparallel console',
  )
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', windowsHide: true }).status === 0
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(shellExitCode(code, signal)))
  })
}
