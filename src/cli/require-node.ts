/** The oldest Node that works, as in `package.json`. */
const oldest = [20, 19]

/**
 * Whether this Node is new enough; says so in one line when it is not. Written so that every Node
 * that knows modules can read it.
 */
export function nodeIsNewEnough(): boolean {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  if (major > oldest[0]! || (major === oldest[0] && minor >= oldest[1]!)) return true
  process.exitCode = 1
  console.error(
    'iparallel needs Node ' +
      oldest.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '). Get a new one from https://nodejs.org/',
  )
  return false
}
