import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ByteStream, Transport } from '../sockets/mod.ts'
import { checkTransport } from '../testing/mod.ts'
import { parseEndpoint } from '../zmtp/mod.ts'
import { ipcTransport } from './ipc.ts'
import { connected, listening, NetStream } from './net-stream.ts'
import { tcpTransport } from './tcp.ts'

function freePath(): string {
  return join(tmpdir(), `ipar-${randomUUID()}.sock`)
}

checkTransport(test, { transport: tcpTransport, freeEndpoint: () => 'tcp://127.0.0.1:0' })
checkTransport(test, { transport: ipcTransport, freeEndpoint: () => `ipc://${freePath()}` })

/** What serves where Node's handles look otherwise than today: its own buffers. */
const fallback: Transport = {
  scheme: 'tcp without its own buffers',
  async connect({ host, port }, signal) {
    const socket = await connected(connect({ host: host!, port: port! }), signal)
    return new NetStream(socket, 'near', undefined)
  },
  listen({ host, port }, onStream) {
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      onStream(new NetStream(socket, 'far', undefined))
    })
    server.listen({ host: host!, port: port! })
    return listening(server, () => `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
  },
}

checkTransport(test, { transport: fallback, freeEndpoint: () => 'tcp://127.0.0.1:0' })

const never = new AbortController().signal
const unix = platform() !== 'win32'

async function pairOf(transport: Transport, endpoint: string): Promise<[ByteStream, ByteStream]> {
  let accept: (stream: ByteStream) => void = () => {}
  const accepted = new Promise<ByteStream>((resolve) => {
    accept = resolve
  })
  const listener = await transport.listen(parseEndpoint(endpoint), accept)
  const near = await transport.connect(parseEndpoint(listener.endpoint), never)
  const far = await accepted
  await listener.close()
  return [near, far]
}

for (const transport of [tcpTransport, ipcTransport]) {
  test(`${transport.scheme}: both sides read straight to where the bytes belong`, async () => {
    const endpoint = transport === tcpTransport ? 'tcp://127.0.0.1:0' : `ipc://${freePath()}`
    const pair = await pairOf(transport, endpoint)
    const closed: Promise<void>[] = []
    const placed = pair.map((stream) => {
      const space = new Uint8Array(500_000)
      let at = 0
      return new Promise<Uint8Array>((resolve) => {
        const gone = new Promise<void>((resolveGone) => {
          stream.start({
            space: () => (at === 0 ? undefined : space.subarray(at)),
            data: (bytes) => {
              // The first piece was read before there was a space; the rest must be in place.
              if (at === 0) space.set(bytes)
              else assert.equal(bytes.buffer, space.buffer)
              at += bytes.length
              if (at === space.length) resolve(space)
            },
            drain() {},
            closed: () => resolveGone(),
          })
        })
        closed.push(gone)
      })
    })
    const sent = new Uint8Array(500_000).map((_, i) => i % 253)
    for (const stream of pair) stream.write([sent])
    for (const bytes of await Promise.all(placed)) assert.ok(Buffer.from(bytes).equals(sent))
    for (const stream of pair) stream.destroy()
    await Promise.all(closed)
  })
}

for (const transport of [tcpTransport, ipcTransport]) {
  test(`${transport.scheme}: who sends much is read in shares, and others come in between`, async () => {
    const endpoint = transport === tcpTransport ? 'tcp://127.0.0.1:0' : `ipc://${freePath()}`
    const [near, far] = await pairOf(transport, endpoint)
    let inTurn = 0
    let inTurnMax = 0
    let all = 0
    const total = 16_000_000
    const closed = new Promise<void>((resolve) => {
      near.start({ data() {}, drain() {}, closed: () => resolve() })
    })
    await new Promise<void>((resolve) => {
      const turn = () => {
        inTurn = 0
        if (all < total) setImmediate(turn)
        else resolve()
      }
      far.start({
        data: ({ length }) => {
          inTurnMax = Math.max(inTurnMax, ++inTurn)
          all += length
        },
        drain() {},
        closed() {},
      })
      near.write([new Uint8Array(total)])
      turn()
    })
    far.destroy()
    await closed
    assert.ok(inTurnMax <= 8, `${inTurnMax} reads in one turn`)
  })
}

test('tcp: a star listens on every IPv4 address', async () => {
  const listener = await tcpTransport.listen(parseEndpoint('tcp://*:*'), () => {})
  assert.match(listener.endpoint, /^tcp:\/\/0\.0\.0\.0:\d+$/)
  await listener.close()
})

test('tcp: IPv6 works where the machine has it', async (t) => {
  const listener = await tcpTransport
    .listen(parseEndpoint('tcp://[::1]:0'), () => {})
    .catch(() => undefined)
  if (listener === undefined) {
    t.skip('no IPv6 here')
    return
  }
  assert.match(listener.endpoint, /^tcp:\/\/\[::1\]:\d+$/)
  const stream = await tcpTransport.connect(parseEndpoint(listener.endpoint), never)
  assert.match(stream.remote, /^\[::1\]:\d+$/)
  stream.destroy()
  await listener.close()
})

test('tcp: nobody there is an error at once', async () => {
  const listener = await tcpTransport.listen(parseEndpoint('tcp://127.0.0.1:0'), () => {})
  await listener.close()
  const connecting = tcpTransport.connect(parseEndpoint(listener.endpoint), never)
  await assert.rejects(connecting, { code: 'ECONNREFUSED' })
})

test('ipc: the socket file is gone after the close', { skip: !unix }, async () => {
  const path = freePath()
  const listener = await ipcTransport.listen(parseEndpoint(`ipc://${path}`), () => {})
  assert.ok(existsSync(path))
  await listener.close()
  assert.ok(!existsSync(path))
})

test('ipc: a socket file that nobody answers any more is replaced', { skip: !unix }, async () => {
  const path = freePath()
  const dead = await new Promise<Server>((resolve) => {
    const server = createServer().listen(path, () => resolve(server))
  })
  // As a process leaves it that was killed: the file stays, the listener does not.
  const handle = dead as unknown as { _handle: { close(): void } }
  const stale = `${path}.stale`
  const { renameSync } = await import('node:fs')
  renameSync(path, stale)
  handle._handle.close()
  renameSync(stale, path)
  const listener = await ipcTransport.listen(parseEndpoint(`ipc://${path}`), () => {})
  await listener.close()
})

test('ipc: a path that is too long for a socket is refused, not cut', { skip: !unix }, async () => {
  const path = join(tmpdir(), `${'x'.repeat(120)}.sock`)
  const endpoint = parseEndpoint(`ipc://${path}`)
  const tooLong = { message: /^a socket's path has at most 10\d bytes, and this one 1\d\d$/ }
  await assert.rejects(
    ipcTransport.listen(endpoint, () => {}),
    tooLong,
  )
  await assert.rejects(ipcTransport.connect(endpoint, new AbortController().signal), tooLong)
})

test('ipc: a file that is no socket is left alone', { skip: !unix }, async () => {
  const path = freePath()
  writeFileSync(path, 'precious')
  await assert.rejects(ipcTransport.listen(parseEndpoint(`ipc://${path}`), () => {}))
  assert.ok(existsSync(path))
  rmSync(path)
})
