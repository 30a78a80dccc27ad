import { join } from 'node:path'
import { type Logger, silentLogger } from '../../base/mod.ts'
import {
  chooseProfile,
  type Profile,
  profileEnvironment,
  refuseWords,
  UsageError,
} from '../../cluster/mod.ts'
import {
  HistoryFile,
  InteractiveConsole,
  imageProtocol,
  NodeTerminal,
  plainPlace,
  runScript,
} from '../../console/mod.ts'
import {
  AttachedKernel,
  findKernelFile,
  type KernelHandle,
  kernelClientPorts,
  StartedKernel,
} from '../../kernel-launcher/mod.ts'
import { findKernelspec } from '../../kernelspec/mod.ts'
import { makeLogger } from '../../node/mod.ts'
import { Interruption } from '../interruption.ts'
import { ownKernelspec } from '../own-kernelspec.ts'
import { packageVersion } from '../package-version.ts'
import { readPlainOptions } from '../plain-options.ts'

const usage = `Usage: iparallel console [options]

A console in the terminal: cells of TypeScript with a namespace that stays, completion, history,
rich output. What comes through a pipe is run as a script: echo 'console.log(1)' | iparallel console

Options:
  --profile=NAME       Client.connect() without arguments finds the cluster of this profile
                       (default: default)
  --profile-dir=PATH   Folder of the profile; wins over the name
  --ipython-dir=PATH   Folder with all profiles (default: IPYTHONDIR, or .ipython in the home folder)
  --cluster-id=ID      One of several clusters of the profile
  --kernel=NAME        Another kernel, as Jupyter has them installed: python3
  --existing[=FILE]    Attach to a kernel that runs: its connection file, a name or a pattern in
                       Jupyter's runtime folder, or the newest; leaving does not end it
  --no-banner          Begin without the lines that greet
  --debug              Say more when something goes wrong
  -h, --help           Print this help

Keys:
  Enter                Runs a complete cell, else begins a new line; Alt-Enter, Ctrl-J: a new line
  Tab, Shift-Tab       Completes; says what stands at the cursor. So do name? and name??
  Up, Down             Lines, then cells of before that begin alike; Ctrl-R searches them
  Ctrl-C               Interrupts what runs, clears what is typed
  Ctrl-D               Leaves

Exit codes: 0; 1 when a script failed or the kernel was lost; 2 for a wrong command line;
130 when a script was interrupted.`

/** What shells have for Ctrl-C, and for a polite end from outside. */
const interruptedCode = 130
const terminatedCode = 143

interface ConsoleLine {
  readonly profile: Profile
  readonly clusterId: string
  readonly kernel: string | undefined
  /** An empty one means the newest. */
  readonly existing: string | undefined
  readonly banner: boolean
  readonly debug: boolean
}

/** `--existing` may stand alone, which options with a value do not. */
function withValues(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const next = args[i + 1]
    const alone = arg === '--existing' && (next === undefined || next.startsWith('-'))
    return alone ? '--existing=' : arg
  })
}

/** Undefined when help was asked for. */
function readLine(args: readonly string[]): ConsoleLine | undefined {
  const { options, words } = readPlainOptions(
    withValues(args),
    {
      profile: 'text',
      'profile-dir': 'text',
      'ipython-dir': 'text',
      'cluster-id': 'text',
      kernel: 'text',
      existing: 'text',
      'no-banner': 'flag',
      debug: 'flag',
      help: 'flag',
    },
    { h: 'help' },
  )
  if (options.help) return undefined
  refuseWords('iparallel console', words)
  const {
    profile,
    'profile-dir': profileDir,
    'ipython-dir': ipythonDir,
    kernel,
    existing,
  } = options
  if (kernel !== undefined && existing !== undefined) {
    throw new UsageError('--kernel starts a kernel, --existing takes one that runs: not both')
  }
  return {
    profile: chooseProfile({ profile, profileDir, ipythonDir }),
    clusterId: options['cluster-id'] ?? process.env['IPP_CLUSTER_ID'] ?? '',
    kernel,
    existing,
    banner: !options['no-banner'],
    debug: options.debug,
  }
}

/** `iparallel console`: a terminal console on a kernel. */
export async function consoleCommand(args: readonly string[]): Promise<number> {
  const line = readLine(args)
  if (line === undefined) {
    console.log(usage)
    return 0
  }
  // Where the cursor cannot be moved, nothing can be edited.
  const dumb = process.env['TERM'] === 'dumb'
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && !dumb
  return interactive ? await interact(line) : await script(line)
}

/** Undefined when it was interrupted before it was ready. */
async function openKernel(
  line: ConsoleLine,
  signal: AbortSignal,
): Promise<KernelHandle | undefined> {
  const logger: Logger = line.debug ? makeLogger({ name: 'console', level: 10 }) : silentLogger
  const ports = kernelClientPorts(logger)
  try {
    if (line.existing !== undefined) {
      return await AttachedKernel.attach(findKernelFile(line.existing), ports)
    }
    const spec = line.kernel === undefined ? ownKernelspec() : findKernelspec(line.kernel)
    const env = profileEnvironment(line.profile, line.clusterId)
    return await StartedKernel.start({ spec, ports, env, signal })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

function wantsColours(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.getColorDepth() > 1 && !process.env['NO_COLOR']
}

async function readStdin(): Promise<string> {
  process.stdin.setEncoding('utf8')
  let code = ''
  for await (const text of process.stdin) code += text
  return code
}

async function script(line: ConsoleLine): Promise<number> {
  // A reader that has gone (`| head`) is no failure of the script.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  using interruption = new Interruption()
  const code = await Promise.race([readStdin(), interruption.received])
  const kernel = code === undefined ? undefined : await openKernel(line, interruption.signal)
  if (kernel === undefined) return interruptedCode
  try {
    const running = runScript(kernel, code!, plainPlace(process, wantsColours(process.stdout)))
    void interruption.received.then(() => kernel.interrupt().catch(() => {}))
    const exitCode = await running
    return interruption.signal.aborted ? interruptedCode : exitCode
  } finally {
    await kernel.close()
  }
}

async function interact(line: ConsoleLine): Promise<number> {
  using interruption = new Interruption(() => process.exit(interruptedCode))
  const kernel = await openKernel(line, interruption.signal)
  if (kernel === undefined) return interruptedCode
  try {
    if (line.banner) console.log(banner(line, kernel))
    const exitCode = await converse(line, kernel, interruption)
    if (!kernel.owned && exitCode === 0) {
      console.log(`The kernel goes on: iparallel console --existing ${kernel.connectionFile}`)
    }
    return exitCode
  } finally {
    await kernel.close()
  }
}

async function converse(
  line: ConsoleLine,
  kernel: KernelHandle,
  interruption: Interruption,
): Promise<number> {
  using terminal = new NodeTerminal(process.stdin, process.stdout)
  const language = kernel.info.language.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const history = new HistoryFile(join(line.profile.dir, `console-history-${language}.jsonl`))
  const interactive = new InteractiveConsole({
    kernel,
    terminal,
    history,
    colours: wantsColours(process.stdout),
    images: imageProtocol(process.env),
  })
  // A closed window or a polite end from outside: with keys read raw, Ctrl-C is none of these.
  const ended = interruption.received.then(() => {
    terminal.write('\n')
    return terminatedCode
  })
  return await Promise.race([interactive.run(), ended])
}

function banner(line: ConsoleLine, kernel: KernelHandle): string {
  const { language, implementation } = kernel.info
  // Our own kernel's would say the same once more.
  const greeting = implementation === 'iparallel' ? '' : kernel.info.banner.trimEnd()
  const what = [language.name, language.version].filter((part) => part !== '').join(' ')
  const cluster = line.clusterId === '' ? '' : `, cluster ${line.clusterId}`
  const where = kernel.owned ? `, profile ${line.profile.name}${cluster}` : ''
  return [
    `iparallel console ${packageVersion()} (${what}${where})`,
    ...(greeting === '' ? [] : [greeting]),
    'Tab completes, name? explains, Ctrl-C interrupts, Ctrl-D leaves.',
    '',
  ].join('\n')
}
