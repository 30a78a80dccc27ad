export {
  type CurveClientOptions,
  type CurveKey,
  type CurveKeyTexts,
  type CurveOptions,
  type CurveServerOptions,
  curvePublicKey,
  encryptedFor,
  makeCurveKeyPair,
  type OwnCurveKeys,
} from './curve.ts'
export { Dealer } from './dealer.ts'
export { BindError, PeerUnreachableError, SchemeError, SocketStateError } from './errors.ts'
export type { MessageHandler } from './inbox.ts'
export { inprocTransport } from './inproc.ts'
export type { SocketEvent } from './monitor.ts'
export type { SocketContext, SocketOptions } from './options.ts'
export { Pair } from './pair.ts'
export { type ProxyEnd, type ProxyOptions, proxy } from './proxy.ts'
export { Pub } from './pub.ts'
export { Pull } from './pull.ts'
export { Push } from './push.ts'
export { Rep } from './rep.ts'
export { Req, type ReqOptions } from './req.ts'
export { Router, type RouterOptions } from './router.ts'
export { DuplexSocket, Socket } from './socket.ts'
export { Strangers, type StrangersOptions } from './strangers.ts'
export { Sub } from './sub.ts'
export type { ByteStream, ByteStreamHandlers, Listener, Transport } from './transport.ts'
export { XPub, type XPubOptions } from './xpub.ts'
export { XSub } from './xsub.ts'
