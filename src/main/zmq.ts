/**
 * ZeroMQ sockets for Node, without libzmq: they speak ZMTP 3.1 and so talk to it. Every socket
 * takes only its options; the platform's ports are bound here. Schemes: tcp, ipc, inproc.
 */
import { ipcTransport, makeLogger, systemClock, systemRandom, tcpTransport } from '../node/mod.ts'
import {
  Dealer as BareDealer,
  Pair as BarePair,
  Pub as BarePub,
  Pull as BarePull,
  Push as BarePush,
  Rep as BareRep,
  Req as BareReq,
  Router as BareRouter,
  Sub as BareSub,
  XPub as BareXPub,
  XSub as BareXSub,
  type CurveKeyTexts,
  inprocTransport,
  makeCurveKeyPair,
  type ReqOptions,
  type RouterOptions,
  type SocketContext,
  type SocketOptions,
  type XPubOptions,
} from '../sockets/mod.ts'

const context: SocketContext = {
  transports: [tcpTransport, ipcTransport, inprocTransport(systemClock)],
  clock: systemClock,
  random: systemRandom,
  logger: makeLogger({ name: 'zmq', level: 'WARN' }),
}

/** A new key pair for `curve` of a socket's options, in Z85. */
export function curveKeyPair(): Promise<CurveKeyTexts> {
  return makeCurveKeyPair(systemRandom)
}

/** Sends to its peers in turn and receives from all of them. */
export class Dealer extends BareDealer {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Talks to exactly one peer. */
export class Pair extends BarePair {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Sends each message to the peers that subscribed to the beginning of its first frame. */
export class Pub extends BarePub {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Takes messages from its peers, fairly. */
export class Pull extends BarePull {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Hands each message to one of its peers, in turn. */
export class Push extends BarePush {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Answers requests one by one. */
export class Rep extends BareRep {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** Asks one of its peers at a time and waits for the answer. */
export class Req extends BareReq {
  constructor(options: ReqOptions = {}) {
    super(context, options)
  }
}

/** Knows its peers by their routing ids, which stand at the head of every message. */
export class Router extends BareRouter {
  constructor(options: RouterOptions = {}) {
    super(context, options)
  }
}

/** Receives what it subscribed to. */
export class Sub extends BareSub {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** A `Pub` that hears of subscriptions, as messages. */
export class XPub extends BareXPub {
  constructor(options: XPubOptions = {}) {
    super(context, options)
  }
}

/** A `Sub` that may also send. */
export class XSub extends BareXSub {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

export { ArgumentError, ClosedError, IparallelError } from '../base/mod.ts'
export {
  BindError,
  type CurveClientOptions,
  type CurveKey,
  type CurveKeyTexts,
  type CurveOptions,
  type CurveServerOptions,
  curvePublicKey,
  type MessageHandler,
  PeerUnreachableError,
  type ProxyEnd,
  type ProxyOptions,
  proxy,
  type ReqOptions,
  type RouterOptions,
  SchemeError,
  type Socket,
  type SocketEvent,
  type SocketOptions,
  SocketStateError,
  type XPubOptions,
} from '../sockets/mod.ts'
export { type MechanismFactory, PlainClient, PlainServer } from '../zmtp/mod.ts'
