import { errorClasses, hiddenErrorFields } from './error-classes.ts'
import { tags } from './format.ts'
import type { ValueWriter } from './value-writer.ts'

/**
 * Writes the nearest builtin class, the fields above as far as they are there, and own enumerable
 * properties. A user's own class does not travel with its errors: its name is kept, and where it
 * is known already, as where a function took it from, they are of that class again.
 */
export function writeError(writer: ValueWriter, error: Error): void {
  const fields = error as unknown as Readonly<Record<string, unknown>>
  writer.out.uint8(tags.error)
  const builtin = nearestBuiltin(error)
  writer.text(builtin)
  writer.write(identityOfClass(writer, error))
  const present = hiddenErrorFields.filter((name) =>
    name === 'name' ? fields[name] !== builtin : Object.hasOwn(error, name),
  )
  writer.out.varint(present.length)
  for (const name of present) {
    writer.text(name)
    writer.child(name, fields[name])
  }
  const own = Object.keys(error).filter((name) => !hidden.has(name))
  // Classes that give the code through their prototype are common; it is what callers test.
  if (typeof fields['code'] === 'string' && !own.includes('code')) own.push('code')
  writer.out.varint(own.length)
  for (const name of own) {
    writer.text(name)
    writer.child(name, fields[name])
  }
}

function identityOfClass(writer: ValueWriter, error: Error): string | undefined {
  const owner: unknown = error.constructor
  return typeof owner === 'function' && owner.prototype === Object.getPrototypeOf(error)
    ? writer.identityOf(owner)
    : undefined
}

const hidden: ReadonlySet<string> = new Set(hiddenErrorFields)

function nearestBuiltin(error: Error): string {
  let prototype: unknown = Object.getPrototypeOf(error)
  while (typeof prototype === 'object' && prototype !== null) {
    const name: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value?.name
    // By name, not identity: the error may come from another realm.
    if (typeof name === 'string' && Object.hasOwn(errorClasses, name)) return name
    prototype = Object.getPrototypeOf(prototype)
  }
  return 'Error'
}
