import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isOwn, type Kernelspec } from '../kernelspec/mod.ts'

/** The program and arguments of a kernelspec, with everything filled in. */
export function commandOf(spec: Kernelspec, connectionFile: string): string[] {
  const [program, ...rest] = spec.argv.map((part) =>
    part.replaceAll('{connection_file}', connectionFile).replaceAll('{resource_dir}', spec.dir),
  )
  return [/^python3?$/.test(program!) ? pythonOf(spec, program!) : program!, ...rest]
}

/**
 * A kernelspec below `PREFIX/share/jupyter/kernels` that says `python` means the one of its
 * prefix: Jupyter replaces the word by the Python that it runs in, and we run in none.
 */
function pythonOf(spec: Kernelspec, program: string): string {
  const prefix = dirname(dirname(dirname(dirname(spec.dir))))
  const candidates =
    process.platform === 'win32'
      ? [join(prefix, 'python.exe'), join(prefix, 'Scripts', 'python.exe')]
      : [join(prefix, 'bin', program)]
  return candidates.find((path) => existsSync(path)) ?? program
}

type Environment = Readonly<Record<string, string | undefined>>

/** The kernel's environment: ours, what the spec adds (`${NAME}` stands for ours), and `extra`. */
export function kernelEnvironment(
  spec: Kernelspec,
  extra: Environment,
  own: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): NodeJS.ProcessEnv {
  const added = Object.entries(spec.env).map(([name, value]) => [
    name,
    value.replace(/\$\{(\w+)\}/g, (whole, other: string) => own[other] ?? whole),
  ])
  return {
    ...own,
    ...Object.fromEntries(added),
    ...extra,
    JPY_PARENT_PID: parentFor(spec, platform),
  }
}

/**
 * By this, kernels end when the process is gone that started them. On Windows other kernels take it
 * for a handle, which Node cannot make: whatever handle of theirs has our number would end them.
 * Source: `jupyter_client.launcher`, `ipykernel.parentpoller`.
 */
function parentFor(spec: Kernelspec, platform: NodeJS.Platform): string | undefined {
  return platform === 'win32' && !isOwn(spec) ? undefined : String(process.pid)
}
