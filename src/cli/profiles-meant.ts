import {
  type CommandLine,
  chooseProfile,
  findProfile,
  isNamed,
  listProfiles,
  type Profile,
  profileChoice,
  profilesRoot,
} from '../cluster/mod.ts'

/**
 * The profiles that a command line means: the one that it names, or all there are.
 * @throws {ProfileError} when the named one is not there.
 */
export function profilesMeant({ options }: CommandLine): Profile[] {
  const choice = profileChoice(options)
  return isNamed(choice) ? [findProfile(choice)] : listProfiles(profilesRoot(choice))
}

/** The profile whose configuration a command reads, which need not be there. */
export function profileForConfig({ options }: CommandLine): Profile {
  return chooseProfile(profileChoice(options))
}
