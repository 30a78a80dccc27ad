/** A word of a command line as one types it: in quotes where a shell would take it apart. */
export function shellWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\p{L}\p{N}@%+=:,./\\~_-]+$/u.test(word)) return word
  return platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`
}
