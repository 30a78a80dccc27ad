import { ArgumentError } from '../base/mod.ts'
import { field, isObject, type JsonObject } from './json.ts'

/** The sockets of a kernel. Source: Jupyter messaging 5.3, "Introduction". */
export type KernelChannel = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb'

export const kernelChannels: readonly KernelChannel[] = ['shell', 'iopub', 'stdin', 'control', 'hb']

/** What a kernel's connection file says. */
export interface KernelConnection {
  readonly transport: 'tcp' | 'ipc'
  /** An address; for `ipc`, the path that all sockets' names begin with. */
  readonly ip: string
  readonly ports: Readonly<Record<KernelChannel, number>>
  /** The HMAC key as text; empty means that messages are not signed. */
  readonly key: string
  readonly signatureScheme: string
  /** The kernelspec's name, where the file has it. */
  readonly kernelName: string
}

function port(raw: JsonObject, channel: KernelChannel): number {
  const name = `${channel}_port`
  const value = field.integer(raw[name], name)
  if (value < 1 || value > 65_535) throw new ArgumentError(`'${name}' is ${value}, not a port`)
  return value
}

/**
 * Reads the text of a kernel's connection file.
 * @throws {ArgumentError | ContentError} naming the key that is wrong.
 */
export function readKernelConnection(text: string): KernelConnection {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new ArgumentError('the connection file is not valid JSON (cut short?)', { cause })
  }
  if (!isObject(raw)) throw new ArgumentError('the connection file holds no JSON object')
  if (raw['registration'] !== undefined) {
    throw new ArgumentError('this is the connection file of a cluster, not of a kernel')
  }
  const transport = raw['transport'] ?? 'tcp'
  if (transport !== 'tcp' && transport !== 'ipc') {
    throw new ArgumentError(`'transport' is ${JSON.stringify(transport)}, expected tcp or ipc`)
  }
  const [shell, iopub, stdin, control, hb] = kernelChannels.map((name) => port(raw, name))
  const { kernel_name: name } = raw
  return {
    transport,
    ip: field.string(raw['ip'], 'ip'),
    ports: { shell: shell!, iopub: iopub!, stdin: stdin!, control: control!, hb: hb! },
    key: field.string(raw['key'] ?? '', 'key'),
    signatureScheme: field.string(raw['signature_scheme'] ?? 'hmac-sha256', 'signature_scheme'),
    kernelName: typeof name === 'string' ? name : '',
  }
}

/** The file's text, with Jupyter's keys. */
export function kernelConnectionText(connection: KernelConnection): string {
  const ports = kernelChannels.map((name) => [`${name}_port`, connection.ports[name]])
  return JSON.stringify(
    {
      ...Object.fromEntries(ports),
      ip: connection.ip,
      key: connection.key,
      transport: connection.transport,
      signature_scheme: connection.signatureScheme,
      kernel_name: connection.kernelName,
    },
    null,
    2,
  )
}

/** Where one of the sockets is: `tcp://127.0.0.1:4000`, `ipc://path-1`. */
export function kernelEndpoint(connection: KernelConnection, channel: KernelChannel): string {
  const { transport, ip } = connection
  const number = connection.ports[channel]
  if (transport === 'ipc') return `ipc://${ip}-${number}`
  return `tcp://${ip.includes(':') ? `[${ip}]` : ip}:${number}`
}
