import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** The whole path that a user means by a word: a tilde is the home folder, as in a shell. */
export function userPath(word: string): string {
  return resolve(word.replace(/^~(?=$|[\\/])/, () => homedir()))
}
