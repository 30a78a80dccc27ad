/** The socket types that we speak; the names stand in the `Socket-Type` property. */
export type SocketType =
  | 'REQ'
  | 'REP'
  | 'DEALER'
  | 'ROUTER'
  | 'PUB'
  | 'XPUB'
  | 'SUB'
  | 'XSUB'
  | 'PUSH'
  | 'PULL'
  | 'PAIR'

/** Who may talk to whom. Source: RFC 37, "The Socket-Type Property". */
const partners: Record<SocketType, readonly SocketType[]> = {
  REQ: ['REP', 'ROUTER'],
  REP: ['REQ', 'DEALER'],
  DEALER: ['REP', 'DEALER', 'ROUTER'],
  ROUTER: ['REQ', 'DEALER', 'ROUTER'],
  PUB: ['SUB', 'XSUB'],
  XPUB: ['SUB', 'XSUB'],
  SUB: ['PUB', 'XPUB'],
  XSUB: ['PUB', 'XPUB'],
  PUSH: ['PULL'],
  PULL: ['PUSH'],
  PAIR: ['PAIR'],
}

/** Whether ZMTP knows a socket type of that name: `DEALER`. */
export function isSocketType(name: string): name is SocketType {
  return Object.hasOwn(partners, name)
}

/** Whether a socket of type `own` may keep a connection to one of type `peer`. */
export function mayTalk(own: SocketType, peer: SocketType): boolean {
  return partners[own].includes(peer)
}
