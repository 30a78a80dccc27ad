import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArgumentError, IparallelError, messageOf } from '../base/mod.ts'
import { field, isObject, type JsonObject } from '../jupyter/mod.ts'
import { kernelspecDirs } from './jupyter-dirs.ts'

/** How a kernel is started. Source: Jupyter client documentation, "Kernel specs". */
export interface Kernelspec {
  /** The name of its folder: `python3`. */
  readonly name: string
  readonly dir: string
  /** The command; `{connection_file}` and `{resource_dir}` stand for what is known at the start. */
  readonly argv: readonly string[]
  readonly displayName: string
  readonly language: string
  /** How running code is interrupted: SIGINT, or an `interrupt_request` on the control channel. */
  readonly interruptMode: 'signal' | 'message'
  readonly env: Readonly<Record<string, string>>
  readonly metadata: JsonObject
}

/** There is no kernel of that name. */
export class NoKernelspecError extends IparallelError {
  override readonly code = 'IPAR_NO_KERNELSPEC'
  override readonly retry = 'never'
  readonly kernelName: string

  constructor(kernelName: string, known: readonly string[], dirs: readonly string[]) {
    const there = known.length === 0 ? 'there are none' : `there are: ${known.join(', ')}`
    super(
      `there is no kernel '${kernelName}'; ${there} (looked in ${dirs.join(', ')}; ` +
        `JUPYTER_PATH names more folders)`,
    )
    this.kernelName = kernelName
  }
}

/** What Jupyter allows as a kernel's name. */
const kernelName = /^[a-z0-9._-]+$/i

export function isKernelName(name: string): boolean {
  return kernelName.test(name) && !/^\.+$/.test(name)
}

/**
 * Reads the kernelspec in a folder.
 * @throws {ArgumentError} naming the file and what is wrong in it.
 * @throws the file system's own error (`ENOENT`) when there is none.
 */
export function readKernelspec(name: string, dir: string): Kernelspec {
  const file = join(dir, 'kernel.json')
  const text = readFileSync(file, 'utf8')
  try {
    const raw: unknown = JSON.parse(text)
    if (!isObject(raw)) throw new ArgumentError('it holds no JSON object')
    const argv = field.strings(raw['argv'], 'argv')
    if (argv.length === 0) throw new ArgumentError("'argv' is empty")
    const env = Object.entries(isObject(raw['env']) ? raw['env'] : {})
    return {
      name,
      dir,
      argv,
      displayName: field.string(raw['display_name'] ?? name, 'display_name'),
      language: field.string(raw['language'] ?? '', 'language'),
      interruptMode: raw['interrupt_mode'] === 'message' ? 'message' : 'signal',
      env: Object.fromEntries(env.map(([key, value]) => [key, field.string(value, `env.${key}`)])),
      metadata: isObject(raw['metadata']) ? raw['metadata'] : {},
    }
  } catch (cause) {
    throw new ArgumentError(`${file}: ${messageOf(cause)}`, { cause })
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => kernelName.test(name))
  } catch {
    return []
  }
}

/**
 * The kernelspec of a name; capitals do not count.
 * @throws {NoKernelspecError} naming those that there are.
 * @throws {ArgumentError} when its file is not what it should be.
 */
export function findKernelspec(
  name: string,
  dirs: readonly string[] = kernelspecDirs(),
): Kernelspec {
  for (const dir of dirs) {
    for (const found of namesIn(dir)) {
      if (found.toLowerCase() !== name.toLowerCase()) continue
      const spec = specIn(found, join(dir, found))
      if (spec !== undefined) return spec
    }
  }
  const known = listKernelspecs(dirs).map((spec) => spec.name)
  throw new NoKernelspecError(name, known, dirs)
}

/** Undefined for a folder without a `kernel.json`. */
function specIn(name: string, dir: string): Kernelspec | undefined {
  try {
    return readKernelspec(name, dir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/** Every kernelspec that can be used, by name; of two with one name, the one that is found. */
export function listKernelspecs(dirs: readonly string[] = kernelspecDirs()): Kernelspec[] {
  const found = new Map<string, Kernelspec>()
  for (const dir of dirs) {
    for (const name of namesIn(dir)) {
      const key = name.toLowerCase()
      if (found.has(key)) continue
      try {
        const spec = specIn(name, join(dir, name))
        if (spec !== undefined) found.set(key, spec)
      } catch {
        // A broken one is no reason to hide the others; asked for by name, it says what is wrong.
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
