import { lstat, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { platform } from 'node:os'
import { ArgumentError } from '../base/mod.ts'
import type { ByteStream, Listener, Transport } from '../sockets/mod.ts'
import type { Endpoint } from '../zmtp/mod.ts'
import { connected, createBufferedServer, listening, NetStream } from './net-stream.ts'
import { ReadBuffer } from './read-buffer.ts'

const windows = platform() === 'win32'

/** Bytes of a socket's path that the system has room for. */
const pathBytesMax = platform() === 'linux' ? 107 : 103

/**
 * The socket's path; on Windows the pipe of that name, unless it is written out.
 * @throws {ArgumentError} for a path of which the system would cut off the end without a word.
 */
function pathOf(address: string): string {
  if (!windows && Buffer.byteLength(address) > pathBytesMax) {
    throw new ArgumentError(
      `the path of the socket is too long: ${address} has ${Buffer.byteLength(address)} bytes, and ` +
        `there is room for ${pathBytesMax}; use a shorter one, or tcp`,
    )
  }
  if (!windows || address.startsWith('\\\\')) return address
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
