export {
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
  type PeerFacts,
} from './connection.ts'
export { type Endpoint, parseEndpoint } from './endpoint.ts'
export type { Curve, CurveKeyPair } from './mechanism/curve.ts'
export type { CurveClientKeys } from './mechanism/curve-client.ts'
export type { CurveServerKeys } from './mechanism/curve-server.ts'
export { loadCurve } from './mechanism/load-curve.ts'
export type { Mechanism, MechanismFactory, MechanismStep } from './mechanism/mechanism.ts'
export { NullMechanism } from './mechanism/null.ts'
export { type PlainAuthenticator, PlainClient, PlainServer } from './mechanism/plain.ts'
export type { Metadata } from './metadata.ts'
export { isSocketType, mayTalk, type SocketType } from './socket-type.ts'
export { decodeZ85, encodeZ85 } from './z85.ts'
