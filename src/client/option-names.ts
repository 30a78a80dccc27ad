import { ArgumentError, nearest } from '../base/mod.ts'

/** The names of the options of one kind, all of them. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>

/**
 * In a cell, and in a program in JavaScript, no compiler says that an option does not exist.
 * @throws {ArgumentError} naming the option that was probably meant, or what is no options at all.
 */
export function checkNames<Options extends object>(
  what: string,
  options: Options,
  names: OptionNames<Required<Options>>,
): void {
  const known = Object.keys(names)
  if (typeof options !== 'object' || options === null) {
    const example = `{ ${known[0]}: … }`
    throw new ArgumentError(`${what} takes its options as ${example}, not ${String(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue
    const meant = nearest(name, known)
    const hint = meant === undefined ? `it has ${known.join(', ')}` : `did you mean '${meant}'?`
    throw new ArgumentError(`${what} has no option '${name}'; ${hint}`)
  }
}
