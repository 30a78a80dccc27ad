import { join, resolve } from 'node:path'
import { chooseProfile, profileEnvironment, refuseWords, UsageError } from '../../cluster/mod.ts'
import { jupyterRuntimeDir, kernelNodeOptions } from '../../kernelspec/mod.ts'
import type { StartKernelOptions } from '../../main/jupyter-kernel.ts'
import { KernelKeeper } from '../kernel-keeper.ts'
import { readPlainOptions } from '../plain-options.ts'
import { readCompleter } from '../read-completer.ts'

const usage = `Usage: iparallel kernel start [options]

Runs a Jupyter kernel. Front ends do this by themselves, once 'iparallel kernel install' has told
Jupyter of it; by hand it is for consoles that attach to it.

Options:
  -f, --file=FILE      The connection file: where to listen, with which key. One that is not there
                       is written (default: kernel-PID.json in Jupyter's folder for such files)
  --transport=tcp|ipc  How to listen where no file says it (default: tcp)
  --ip=ADDRESS         Address to listen on where no file says it (default: 127.0.0.1)
  --profile=NAME       Client.connect() in the kernel finds this profile's cluster
  --profile-dir=PATH   The same, by the profile's folder
  --cluster-id=ID      Which of the profile's clusters
  --completer=HOW      reflection (default), or typescript: names are completed by types, too, if
                       the project has TypeScript 5
  --log-level=LEVEL    As Python's: DEBUG, INFO, WARN, ERROR, or a number (default: WARN)
  -h, --help           Print this help`

/** `iparallel kernel start`, the command of the kernelspec. */
export async function startKernelCommand(args: readonly string[]): Promise<number> {
  const { options, words } = readPlainOptions(
    args,
    {
      file: 'text',
      transport: 'text',
      ip: 'text',
      profile: 'text',
      'profile-dir': 'text',
      'cluster-id': 'text',
      completer: 'text',
      'log-level': 'text',
      help: 'flag',
    },
    { f: 'file', h: 'help' },
  )
  if (options.help) {
    console.log(usage)
    return 0
  }
  refuseWords('iparallel kernel start', words)
  const { transport, ip, profile, 'profile-dir': profileDir, 'cluster-id': clusterId } = options
  if (transport !== undefined && transport !== 'tcp' && transport !== 'ipc') {
    throw new UsageError(`--transport is tcp or ipc, not '${transport}'`)
  }
  if ([profile, profileDir, clusterId].some((value) => value !== undefined)) {
    const env = profileEnvironment(chooseProfile({ profile, profileDir }), clusterId)
    Object.assign(process.env, env)
  }
  const kernel: StartKernelOptions = {
    completer: readCompleter(options.completer),
    connectionFile: resolve(
      options.file ?? join(jupyterRuntimeDir(), `kernel-${process.pid}.json`),
    ),
    transport,
    ip,
    logLevel: options['log-level'] ?? 'WARN',
  }
  return canRunCells() ? runKernel(kernel) : new KernelKeeper(kernel).run()
}

/** Whether this process has the options of Node that a kernel needs. */
function canRunCells(): boolean {
  const given = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)]
  return given.includes(kernelNodeOptions[0]!)
}

/** The kernel in this process. It ends with the process that started it, if that wants so. */
async function runKernel(options: StartKernelOptions): Promise<never> {
  const { startKernel } = await import('../../main/jupyter-kernel.ts')
  const isChild = (process.env['JPY_PARENT_PID'] ?? '') !== ''
  const kernel = await startKernel({ ...options, ...(isChild ? { starterPid: process.ppid } : {}) })
  process.on('SIGINT', () => kernel.interrupt())
  process.on('SIGTERM', () => void kernel.close())
  process.send?.('ready')
  await kernel.ended
  // What the user's code has left open must not keep the process alive.
  process.exit(0)
}
