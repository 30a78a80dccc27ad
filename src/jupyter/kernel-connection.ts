import { ArgumentError } from '../base/mod.ts'
import { endpointOf } from './connection-info.ts'
import { field, isObject, type JsonObject } from './json.ts'

/** The sockets of a kernel. */
export type KernelChannel = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb'

/**
 * What a kernel's connection file holds. Keys as on the wire; source: Jupyter's "Making kernels",
 * "Connection files".
 */
export interface KernelConnectionInfo {
  readonly transport: 'tcp' | 'ipc'
  /** An address to listen on; with ipc the beginning of the sockets' paths. */
  readonly ip: string
  /** 0 stands for any free port; with ipc a port is the end of a path. */
  readonly shell_port: number
  readonly iopub_port: number
  readonly stdin_port: number
  readonly control_port: number
  readonly hb_port: number
  /** The HMAC key as text; empty means that messages are not signed. */
  readonly key: string
  readonly signature_scheme: string
  /** That of the kernelspec, where there is one. */
  readonly kernel_name?: string
  /** With these everything is encrypted (CURVE): one pair, in Z85, which front ends have, too. */
  readonly curve_publickey?: string
  readonly curve_secretkey?: string
}

const channels: readonly KernelChannel[] = ['shell', 'iopub', 'stdin', 'control', 'hb']

function readPort(raw: JsonObject, channel: KernelChannel): number {
  const key = `${channel}_port`
  const port = field.integer(raw[key] ?? 0, key)
  if (port < 0 || port > 65_535) throw new ArgumentError(`'${key}' is ${port}, not a port`)
  return port
}

/**
 * Reads the text of a kernel's connection file. What is not there has Jupyter's default.
 * @throws {ArgumentError | ContentError} naming the key that is wrong.
 */
export function readKernelInfo(text: string): KernelConnectionInfo {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new ArgumentError('it is not valid JSON (cut short?)', { cause })
  }
  if (!isObject(raw)) throw new ArgumentError('it holds no JSON object')
  if (raw['registration'] !== undefined) {
    throw new ArgumentError('it is the connection file of a cluster, not that of a kernel')
  }
  const transport = field.string(raw['transport'] ?? 'tcp', 'transport')
  if (transport !== 'tcp' && transport !== 'ipc') {
    throw new ArgumentError(`'transport' is '${transport}', expected 'tcp' or 'ipc'`)
  }
  const name = raw['kernel_name']
  return {
    transport,
    ip: field.string(raw['ip'] ?? '127.0.0.1', 'ip'),
    shell_port: readPort(raw, 'shell'),
    iopub_port: readPort(raw, 'iopub'),
    stdin_port: readPort(raw, 'stdin'),
    control_port: readPort(raw, 'control'),
    hb_port: readPort(raw, 'hb'),
    key: field.string(raw['key'] ?? '', 'key'),
    signature_scheme: field.string(raw['signature_scheme'] ?? 'hmac-sha256', 'signature_scheme'),
    ...(typeof name === 'string' ? { kernel_name: name } : {}),
    ...readCurveKeys(raw),
  }
}

/** Half a pair would mean that nothing is encrypted, which somebody may rely on. */
function readCurveKeys(raw: JsonObject): Partial<KernelConnectionInfo> {
  if (raw['curve_publickey'] === undefined && raw['curve_secretkey'] === undefined) return {}
  return {
    curve_publickey: field.string(raw['curve_publickey'], 'curve_publickey'),
    curve_secretkey: field.string(raw['curve_secretkey'], 'curve_secretkey'),
  }
}

/** The file's text, as Jupyter writes it. */
export function kernelFileText(info: KernelConnectionInfo): string {
  return JSON.stringify(info, null, 2)
}

export function portOf(info: KernelConnectionInfo, channel: KernelChannel): number {
  return info[`${channel}_port`]
}

/** The same with the ports that were really taken. */
export function withPorts(
  info: KernelConnectionInfo,
  ports: ReadonlyMap<KernelChannel, number>,
): KernelConnectionInfo {
  const taken = channels.map((channel) => [
    `${channel}_port`,
    ports.get(channel) ?? portOf(info, channel),
  ])
  return { ...info, ...Object.fromEntries(taken) }
}

/** Where one of a kernel's sockets listens. */
export function kernelEndpoint(info: KernelConnectionInfo, channel: KernelChannel): string {
  const { transport, ip } = info
  const address = transport === 'tcp' && ip.includes(':') ? `[${ip}]` : ip
  return endpointOf(`${transport}://${address}`, portOf(info, channel))
}
