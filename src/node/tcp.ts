import { type AddressInfo, connect, type Socket } from 'node:net'
import type { ByteStream, Listener, Transport } from '../sockets/mod.ts'
import type { Endpoint } from '../zmtp/mod.ts'
import { connected, createBufferedServer, listening, NetStream } from './net-stream.ts'
import { ReadBuffer } from './read-buffer.ts'

/** Connections that the system keeps for us while we are busy: engines may come in thousands. */
const backlog = 4_096

/**
 * Milliseconds without traffic after which the system asks whether the peer is still there. Long:
 * an idle connection should outlive a network that was away for a minute.
 */
const keepAliveMs = 120_000

function streamOf(socket: Socket, reads: ReadBuffer | undefined): NetStream {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  return new NetStream(socket, joined(socket.remoteAddress ?? '?', socket.remotePort ?? 0), reads)
}

/** `host:port`, with brackets around an IPv6 address. */
function joined(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<ByteStream> {
  const reads = new ReadBuffer()
  const socket = connect({ host: endpoint.host!, port: endpoint.port!, onread: reads.options })
  return streamOf(await connected(socket, signal), reads)
}

function listen(endpoint: Endpoint, onStream: (stream: ByteStream) => void): Promise<Listener> {
  const server = createBufferedServer((socket, reads) => onStream(streamOf(socket, reads)))
  // libzmq's `*` is every IPv4 address.
  const host = endpoint.host === '*' ? '0.0.0.0' : endpoint.host!
  // `exclusive`: a cluster's workers must not share the port behind our back.
  server.listen({ host, port: endpoint.port!, exclusive: true, backlog })
  return listening(server, () => {
    const { address, port } = server.address() as AddressInfo
    return `tcp://${joined(address, port)}`
  })
}

/** `tcp://host:port`: small messages leave at once, dead peers are noticed by the system. */
export const tcpTransport: Transport = { scheme: 'tcp', connect: dial, listen }
