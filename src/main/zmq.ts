/**
 * ZeroMQ sockets for Node, without libzmq: they speak ZMTP 3.1 and so talk to it. Every socket
 * takes only its options; the platform's ports are bound here.
 */
import { ipcTransport, makeLogger, systemClock, systemRandom, tcpTransport } from '../node/mod.ts'
import {
  Dealer as BareDealer,
  Pub as BarePub,
  Router as BareRouter,
  Sub as BareSub,
  type RouterOptions,
  type SocketContext,
  type SocketOptions,
} from '../sockets/mod.ts'

const context: SocketContext = {
  transports: [tcpTransport, ipcTransport],
  clock: systemClock,
  random: systemRandom,
  logger: makeLogger({ name: 'zmq', level: 'WARN' }),
}

/** As `Dealer` of the sockets, on Node's ports. */
export class Dealer extends BareDealer {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** As `Router` of the sockets, on Node's ports. */
export class Router extends BareRouter {
  constructor(options: RouterOptions = {}) {
    super(context, options)
  }
}

/** As `Pub` of the sockets, on Node's ports. */
export class Pub extends BarePub {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

/** As `Sub` of the sockets, on Node's ports. */
export class Sub extends BareSub {
  constructor(options: SocketOptions = {}) {
    super(context, options)
  }
}

export type { RouterOptions, SocketOptions } from '../sockets/mod.ts'
