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
    super(`cannot listen on ${endpoint}: ${messageOf(cause)}`, { cause })
    this.endpoint = endpoint
  }
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
