import { ArgumentError } from '../base/mod.ts'

/** A parsed endpoint: `tcp://host:port`, `ipc://path`, `inproc://name`. */
export interface Endpoint {
  readonly scheme: string
  /** What stands after `://`, as it was written. */
  readonly address: string
  /** For tcp: the host, `*` kept, IPv6 without its brackets. */
  readonly host?: string
  /** For tcp: the port, 0 meaning any free one (also written `*`). */
  readonly port?: number
}

/** @throws {ArgumentError} for anything that is not `scheme://address`. */
export function parseEndpoint(endpoint: string): Endpoint {
  const match = /^([a-z]+):\/\/(.+)$/.exec(endpoint)
  if (match === null) {
    throw new ArgumentError(`'${endpoint}' is not an endpoint such as tcp://127.0.0.1:10101`)
  }
  const [, scheme, address] = match as unknown as [string, string, string]
  if (scheme !== 'tcp') return { scheme, address }
  const tcp = /^(?:\[([^\]]+)\]|([^:]+)):(\*|\d{1,5})$/.exec(address)
  const port = tcp?.[3] === '*' ? 0 : Number(tcp?.[3])
  if (tcp === null || port > 65_535) {
    throw new ArgumentError(`'${endpoint}' needs a host and a port: tcp://127.0.0.1:10101`)
  }
  return { scheme, address, host: (tcp[1] ?? tcp[2])!, port }
}
