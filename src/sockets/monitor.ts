import type { SocketType } from '../zmtp/mod.ts'

/**
 * What happens to a socket's connections, for logs and tests. `endpoint` is the one that was
 * bound or connected, `remote` the other side of one connection.
 */
export type SocketEvent =
  | { readonly type: 'listening'; readonly endpoint: string }
  /** The handshake of a connection that we made, or took in, is over. */
  | {
      readonly type: 'connected' | 'accepted'
      readonly endpoint: string
      readonly remote: string
      readonly peerType: SocketType
      /** Empty when the peer did not name itself. */
      readonly peerRoutingId: Uint8Array
    }
  | { readonly type: 'connect-failed'; readonly endpoint: string; readonly cause: unknown }
  | { readonly type: 'retrying'; readonly endpoint: string; readonly inMs: number }
  /** The peer did not speak ZMTP, or not the version, mechanism or socket type that we need. */
  | {
      readonly type: 'handshake-failed'
      readonly endpoint: string
      readonly remote: string
      readonly reason: string
    }
  /** The peer spoke well, but this socket does not want it: a routing id in use, for example. */
  | {
      readonly type: 'refused'
      readonly endpoint: string
      readonly remote: string
      readonly reason: string
    }
  | {
      readonly type: 'disconnected'
      readonly endpoint: string
      readonly remote: string
      readonly reason: string
      /** As when it was connected, or accepted. */
      readonly peerRoutingId: Uint8Array
    }
