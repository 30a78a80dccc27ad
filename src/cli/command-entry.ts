import {
  type Command,
  type CommandLine,
  chooseProfile,
  loadConfig,
  parseCommandLine,
  profileChoice,
  showConfig,
  showConfigJson,
} from '../cluster/mod.ts'
import { packageVersion } from './package-version.ts'

export interface CommandText {
  readonly command: Command
  /** `ipcluster start [options] [-- ipcontroller options]` */
  readonly usage: string
  /** One or two sentences. */
  readonly about: string
}

/**
 * Reads a command line, and does what every command does alike: help, version, showing the
 * configuration.
 * @returns undefined when that was all.
 */
export async function openCommand(
  text: CommandText,
  args: readonly string[],
): Promise<CommandLine | undefined> {
  const line = parseCommandLine(text.command, args)
  const { switches } = line
  if (switches.has('help') || switches.has('help-all')) {
    const { commandHelp } = await import('./help.ts')
    console.log(commandHelp(text.command, text.usage, text.about, switches.has('help-all')))
  } else if (switches.has('version')) {
    console.log(packageVersion())
  } else if (switches.has('show-config') || switches.has('show-config-json')) {
    const profile = chooseProfile(profileChoice(line.options))
    const config = await loadConfig({ command: text.command, profile, options: line.options })
    const show = switches.has('show-config') ? showConfig : showConfigJson
    console.log(show(config, text.command))
    for (const warning of config.warnings) console.error(warning)
  } else {
    if (switches.has('init')) {
      const { writeTemplates } = await import('./profile-templates.ts')
      const profile = chooseProfile(profileChoice(line.options))
      profile.create()
      writeTemplates(profile)
    }
    return line
  }
  return undefined
}
