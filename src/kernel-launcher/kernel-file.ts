import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { ArgumentError, IparallelError, messageOf } from '../base/mod.ts'
import { type KernelConnectionInfo, kernelFileText, newId, readKernelInfo } from '../jupyter/mod.ts'
import { jupyterRuntimeDir } from '../kernelspec/mod.ts'
import { systemRandom, writePrivateFile } from '../node/mod.ts'
import { makeCurveKeyPair } from '../sockets/mod.ts'

/** No connection file of a kernel is where it was looked for. */
export class NoKernelFileError extends IparallelError {
  override readonly code = 'IPAR_NO_KERNEL_FILE'
  override readonly retry = 'later'
}

const kernelSockets = 5

/** Ports of this machine that nobody has just now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((listening, failed) => {
        server.once('error', failed)
        server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, listening)
      })
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

export interface KernelFileOptions {
  /** The folder of the file. */
  readonly dir: string
  readonly kernelName: string
  /** `ipc` keeps other users of the machine off the sockets; few kernels know it on Windows. */
  readonly transport: 'tcp' | 'ipc'
  /** With CURVE, which the kernel must know. */
  readonly encrypted: boolean
}

/** Decides where a new kernel listens, and writes its connection file, for its owner only. */
export async function writeKernelFile({
  dir,
  kernelName,
  transport,
  encrypted,
}: KernelFileOptions): Promise<{
  readonly file: string
  readonly connection: KernelConnectionInfo
}> {
  const id = newId(systemRandom)
  const file = join(dir, `kernel-${id}.json`)
  const ports = transport === 'tcp' ? await freePorts(kernelSockets) : [1, 2, 3, 4, 5]
  const curve = encrypted ? await makeCurveKeyPair(systemRandom) : undefined
  const connection: KernelConnectionInfo = {
    transport,
    ip: transport === 'tcp' ? '127.0.0.1' : join(dir, `kernel-${id.slice(0, 8)}-ipc`),
    shell_port: ports[0]!,
    iopub_port: ports[1]!,
    stdin_port: ports[2]!,
    control_port: ports[3]!,
    hb_port: ports[4]!,
    key: newId(systemRandom),
    signature_scheme: 'hmac-sha256',
    kernel_name: kernelName,
    ...(curve && { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey }),
  }
  writePrivateFile(file, kernelFileText(connection))
  return { file, connection }
}

/** @throws {ArgumentError} naming the file and what is wrong with it. */
export function readKernelFile(path: string): KernelConnectionInfo {
  try {
    return readKernelInfo(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ArgumentError(`${path}: ${messageOf(cause)}`, { cause })
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** `*` is any text, `?` any character. */
function pattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`^${source}$`)
}

function matches(dir: string, glob: string): string[] {
  try {
    const wanted = pattern(glob)
    return readdirSync(dir)
      .filter((name) => wanted.test(name) && name.endsWith('.json'))
      .map((name) => join(dir, name))
  } catch {
    return []
  }
}

/**
 * The connection file that is meant: a path, a name or a pattern in the working folder or in
 * Jupyter's runtime folder, a part of a name (a process id), or by default the newest. Of several
 * the newest is taken. Source: `jupyter_client.find_connection_file`.
 * @throws {NoKernelFileError} saying where it was looked for.
 */
export function findKernelFile(name = '', runtimeDir: string = jupyterRuntimeDir()): string {
  const glob = name === '' ? 'kernel-*.json' : name
  if (isFile(glob)) return resolve(glob)
  const outside = basename(glob) !== glob
  const dirs = outside ? [dirname(glob)] : ['.', runtimeDir]
  const plain = dirs.flatMap((dir) => matches(dir, basename(glob)))
  const found =
    plain.length > 0 || outside ? plain : dirs.flatMap((dir) => matches(dir, `*${glob}*`))
  if (found.length === 0) {
    throw new NoKernelFileError(
      `no running kernel has a connection file '${glob}' in ${dirs.map((dir) => resolve(dir)).join(' or ')}; ` +
        'a kernel prints its file when it starts, and %connect_info shows it in a notebook of Python',
    )
  }
  const newest = found.map((path) => ({ path, ms: statSync(path).mtimeMs }))
  return resolve(newest.sort((a, b) => b.ms - a.ms)[0]!.path)
}
