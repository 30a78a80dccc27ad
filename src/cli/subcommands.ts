import { nearest } from '../base/mod.ts'
import { UsageError } from '../cluster/mod.ts'
import { packageVersion } from './package-version.ts'
import { errorText, exitCodeOf } from './report.ts'

/**
 * Runs a command with the arguments behind its name; resolves with the exit code.
 * @param command As it was typed: `ipcluster start`.
 */
export type Main = (args: readonly string[], command: string) => Promise<number>

/** Runs a command and reports what goes wrong; never rejects. */
export async function runMain(
  main: Main,
  command: string,
  args: readonly string[],
): Promise<number> {
  try {
    return await main(args, command)
  } catch (error) {
    process.stderr.write(errorText(command, error, args.includes('--debug')))
    return exitCodeOf(error)
  }
}

/** Runs the command that the first argument names; without one, prints the usage. */
export async function runSubcommand(
  usage: string,
  commands: Readonly<Record<string, () => Promise<Main>>>,
  args: readonly string[],
  command: string,
): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version') {
    console.log(packageVersion())
    return 0
  }
  if (name === 'help' && rest.length > 0) {
    return runSubcommand(usage, commands, [...rest, '--help'], command)
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(usage)
    return name === undefined ? 1 : 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw noSuchCommand(name, Object.keys(commands), command)
  return runMain(await load(), `${command} ${name}`, rest)
}

function noSuchCommand(name: string, known: readonly string[], command: string): UsageError {
  const all = `there are: ${known.join(', ')}`
  if (name.startsWith('-')) {
    return new UsageError(`${command} needs a command in front of ${name}; ${all}`)
  }
  const near = nearest(name, known)
  const hint = near === undefined ? '' : `; did you mean '${near}'?`
  return new UsageError(`there is no command '${name}'${hint || `; ${all}`}`)
}
