import { lstat, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { platform } from 'node:os'
import type { ByteStream, Listener, Transport } from '../sockets/mod.ts'
import type { Endpoint } from '../zmtp/mod.ts'
import { connected, createBufferedServer, listening, NetStream } from './net-stream.ts'
import { ReadBuffer } from './read-buffer.ts'

const windows = platform() === 'win32'

/** Bytes that the system has for the path of a socket; what is longer it cuts off, silently. */
const pathBytesMax = platform() === 'darwin' ? 103 : 107

/**
 * The socket's path; on Windows the pipe of that name, unless it is written out.
 * @throws for one that is too long.
 */
function pathOf(address: string): string {
  if (!windows) {
    const bytes = Buffer.byteLength(address)
    if (bytes <= pathBytesMax) return address
    throw new Error(`a socket's path has at most ${pathBytesMax} bytes, and this one ${bytes}`)
  }
  if (address.startsWith('\\\\')) return address
  return `\\\\.\\pipe\\${address.replaceAll(/[\\/:]/g, '-')}`
}

async function dial(endpoint: Endpoint, signal: AbortSignal): Promise<ByteStream> {
  const reads = new ReadBuffer()
  const socket = connect({ path: pathOf(endpoint.address), onread: reads.options })
  return new NetStream(await connected(socket, signal), endpoint.address, reads)
}

async function listen(
  endpoint: Endpoint,
  onStream: (stream: ByteStream) => void,
): Promise<Listener> {
  const path = pathOf(endpoint.address)
  if (!windows) await removeStale(path)
  const server = createBufferedServer((socket, reads) => {
    onStream(new NetStream(socket, endpoint.address, reads))
  })
  server.listen({ path, exclusive: true })
  return listening(server, () => `ipc://${endpoint.address}`)
}

/** A socket file that nobody answers was left by a process that died; one that is in use stays. */
async function removeStale(path: string): Promise<void> {
  // A file of another kind would refuse a connection just as well, and is somebody's.
  if ((await lstat(path).catch(() => undefined))?.isSocket() !== true) return
  const probe = connect(path)
  try {
    await connected(probe, AbortSignal.timeout(1_000))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
      await rm(path, { force: true })
    }
    return
  } finally {
    probe.destroy()
  }
  throw new Error(`${path} is in use`)
}

/** `ipc://path`: a Unix socket, or a named pipe on Windows. */
export const ipcTransport: Transport = { scheme: 'ipc', connect: dial, listen }
