import { IparallelError, messageOf } from '../base/mod.ts'

/** No transport of the context knows the endpoint's scheme. */
export class SchemeError extends IparallelError {
  override readonly code = 'IPAR_SCHEME'
  override readonly retry = 'never'
}

/** The address cannot be listened on; `cause` is what the platform said. */
export class BindError extends IparallelError {
  override readonly code = 'IPAR_BIND'
  override readonly retry = 'later'
  readonly endpoint: string

  constructor(endpoint: string, cause: unknown) {
    super(`cannot listen on ${endpoint}: ${messageOf(cause)}${adviceFor(cause)}`, { cause })
    this.endpoint = endpoint
  }
}

const notHere = "this machine has no such address; '*' stands for all that it has"

/** By the platform's code. */
const advice: ReadonlyMap<unknown, string> = new Map([
  ['EADDRNOTAVAIL', notHere],
  ['ENOTFOUND', notHere],
  ['EADDRINUSE', 'somebody else listens there: end that program, or choose another port'],
  ['EACCES', 'not everybody may listen there: choose a port from 1024 on'],
])

function adviceFor(cause: unknown): string {
  const { code } = (cause ?? {}) as { code?: unknown }
  const text = advice.get(code)
  return text === undefined ? '' : `; ${text}`
}

/** A message was addressed to a peer that is not there, and the socket may not drop it. */
export class PeerUnreachableError extends IparallelError {
  override readonly code = 'IPAR_PEER_UNREACHABLE'
  override readonly retry = 'later'
}

/** The pattern does not allow this now: a REQ that waits for its answer cannot ask again. */
export class SocketStateError extends IparallelError {
  override readonly code = 'IPAR_SOCKET_STATE'
  override readonly retry = 'later'
}
