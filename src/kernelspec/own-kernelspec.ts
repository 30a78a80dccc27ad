import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArgumentError, messageOf } from '../base/mod.ts'
import { isObject } from '../jupyter/mod.ts'
import { makeFolder } from '../node/mod.ts'
import { kernelArgv, logoFiles } from './kernel-program.ts'
import { isKernelName, type Kernelspec, readKernelspec } from './kernelspec.ts'

export const ownKernelName = 'iparallel'

export interface OwnKernelspecOptions {
  /** Default `iparallel`. */
  readonly name?: string | undefined
  /** What front ends show; default `TypeScript (iparallel)`. */
  readonly displayName?: string | undefined
  /** How the kernel completes names; default by looking at values. */
  readonly completer?: 'reflection' | 'typescript' | undefined
  /** Added to the environment of the kernel. */
  readonly env?: Readonly<Record<string, string>>
}

/** What is in our kernelspec's `kernel.json`. Source: Jupyter client, "Kernel specs". */
function ownKernelspec(options: OwnKernelspecOptions = {}): Record<string, unknown> {
  const { displayName = 'TypeScript (iparallel)', env = {}, completer } = options
  return {
    argv: [
      ...kernelArgv('{connection_file}'),
      ...(completer === undefined ? [] : [`--completer=${completer}`]),
    ],
    display_name: displayName,
    language: 'typescript',
    // No signal reaches code that is busy; a message on the control line does, on every system.
    interrupt_mode: 'message',
    env,
    kernel_protocol_version: '5.4',
    metadata: { debugger: false, supported_encryption: ['curve'], iparallel: {} },
  }
}

/** Whether this package has written it. */
export function isOwn(spec: Kernelspec): boolean {
  return isObject(spec.metadata['iparallel'])
}

/**
 * Writes our kernelspec below `dir`, a folder of kernelspecs; replaces one that is ours.
 * @returns the folder that was written.
 * @throws {ArgumentError} when the name cannot be used, or somebody else's kernel has it.
 */
export function installKernelspec(dir: string, options: OwnKernelspecOptions = {}): string {
  const { name = ownKernelName } = options
  if (!isKernelName(name)) {
    throw new ArgumentError(
      `'${name}' cannot be a kernel's name: letters, digits, '.', '_' and '-' can be in it`,
    )
  }
  const target = join(dir, name)
  const present = specAt(name, target)
  if (present !== undefined && !isOwn(present)) {
    throw new ArgumentError(
      `${target} is another kernel (${present.displayName}); choose another name: --name=NAME`,
    )
  }
  const isNew = !existsSync(target)
  const file = join(target, 'kernel.json')
  // Until it is whole it has another name: half of one would hide the kernel that is there.
  const temporary = `${file}.${process.pid}.tmp`
  try {
    makeFolder(target)
    for (const { name: logo, path } of logoFiles()) copyFileSync(path, join(target, logo))
    writeFileSync(temporary, `${JSON.stringify(ownKernelspec(options), null, 2)}\n`)
    renameSync(temporary, file)
  } catch (cause) {
    const remains = isNew ? target : temporary
    if (existsSync(remains)) rmSync(remains, { recursive: true })
    throw new ArgumentError(
      `cannot write ${target}: ${messageOf(cause)}; --user installs for you alone`,
      { cause },
    )
  }
  return target
}

/**
 * Removes a kernelspec that this package has written.
 * @returns the folder that was removed.
 * @throws {ArgumentError} when there is none of that name, or it is somebody else's.
 */
export function removeKernelspec(dirs: readonly string[], name: string = ownKernelName): string {
  for (const dir of dirs) {
    const target = join(dir, name)
    if (!isKernelName(name) || !existsSync(join(target, 'kernel.json'))) continue
    const spec = specAt(name, target)
    if (spec === undefined || !isOwn(spec)) {
      const what = spec?.displayName ?? 'broken'
      throw new ArgumentError(`${target} is not a kernel of this package (${what}), and stays`)
    }
    try {
      rmSync(target, { recursive: true })
    } catch (cause) {
      throw new ArgumentError(`cannot remove ${target}: ${messageOf(cause)}`, { cause })
    }
    return target
  }
  throw new ArgumentError(`there is no kernel '${name}' in ${dirs.join(', ')}`)
}

/** Undefined when there is none, or one that is broken. */
function specAt(name: string, dir: string): Kernelspec | undefined {
  try {
    return readKernelspec(name, dir)
  } catch {
    return undefined
  }
}
