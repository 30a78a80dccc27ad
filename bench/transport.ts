/**
 * Our sockets beside libzmq's, as the npm package `zeromq` binds them: DEALER to ROUTER over
 * loopback TCP, two processes, both in the same run. `node dist/bench/transport.js [seconds]`
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Dealer } from 'iparallel/zmq'
import type { Implementation } from './transport-peer.ts'

/** What both implementations can do, made the same. */
interface Near {
  /** Sends and counts on room; `onReply` hears of each answer. */
  send(frames: Uint8Array[]): void
  onReply: () => void
  close(): Promise<void>
}

function nearOurs(endpoint: string): Near {
  const dealer = new Dealer({ sendHighWaterMark: 0 })
  dealer.connect(endpoint)
  const near: Near = {
    send: (frames) => void dealer.trySend(frames),
    onReply: () => {},
    close: () => dealer.close({ lingerMs: 0 }),
  }
  dealer.onMessage = () => near.onReply()
  return near
}

async function nearZeromq(endpoint: string): Promise<Near> {
  const zmq = await import('zeromq')
  const dealer = new zmq.Dealer({ sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0 })
  dealer.connect(endpoint)
  // The binding takes one `send` at a time.
  const queue: Uint8Array[][] = []
  let sending = false
  const pump = async (): Promise<void> => {
    sending = true
    for (let i = 0; i < queue.length; i++) await dealer.send(queue[i]!)
    queue.length = 0
    sending = false
  }
  const near: Near = {
    send: (frames) => {
      queue.push(frames)
      if (!sending) void pump()
    },
    onReply: () => {},
    close: async () => dealer.close(),
  }
  void (async () => {
    for await (const _ of dealer) near.onReply()
  })()
  return near
}

/** Keeps `window` messages under way for `seconds`; returns messages per second. */
function throughput(
  near: Near,
  message: () => Uint8Array[],
  window: number,
  seconds: number,
): Promise<number> {
  return new Promise((resolve) => {
    let done = 0
    let pending = window
    const start = performance.now()
    const stop = start + seconds * 1_000
    near.onReply = () => {
      done++
      if (performance.now() < stop) near.send(message())
      else if (--pending === 0) resolve(done / ((performance.now() - start) / 1_000))
    }
    for (let i = 0; i < window; i++) near.send(message())
  })
}

/** One message at a time; the median round trip in microseconds. */
async function latency(near: Near, message: () => Uint8Array[], seconds: number): Promise<number> {
  const times: number[] = []
  const stop = performance.now() + seconds * 1_000
  while (performance.now() < stop) {
    const start = performance.now()
    await new Promise<void>((resolve) => {
      near.onReply = resolve
      near.send(message())
    })
    times.push((performance.now() - start) * 1_000)
  }
  times.sort((a, b) => a - b)
  return times[times.length >> 1]!
}

/** Eight frames of 300 bytes in all: about what a small Jupyter message is. */
const frameBytes = [33, 9, 64, 130, 2, 2, 30, 30]
const small = frameBytes.map((length) => new Uint8Array(length).fill(65))
const smallMessage = (): Uint8Array[] => small.slice()

export interface TransportFigures {
  readonly roundTripsPerSecond: number
  readonly latencyUs: number
  readonly mbPerSecond1: number
  readonly mbPerSecond64: number
}

export async function measureTransport(
  implementation: Implementation,
  seconds: number,
): Promise<TransportFigures> {
  const peer = fork(fileURLToPath(new URL('./transport-peer.js', import.meta.url)), [
    implementation,
  ])
  const endpoint = await new Promise<string>((resolve) => {
    peer.once('message', (text) => resolve(String(text)))
  })
  const near = implementation === 'ours' ? nearOurs(endpoint) : await nearZeromq(endpoint)
  const one = new Uint8Array(1_000_000).fill(1)
  const many = new Uint8Array(64_000_000).fill(1)
  await throughput(near, smallMessage, 100, seconds / 4)
  const roundTripsPerSecond = await throughput(near, smallMessage, 500, seconds)
  const latencyUs = await latency(near, smallMessage, seconds)
  const mbPerSecond1 = await throughput(near, () => [one], 8, seconds)
  const mbPerSecond64 = 64 * (await throughput(near, () => [many], 2, seconds))
  await near.close()
  const gone = new Promise((resolve) => peer.once('exit', resolve))
  peer.disconnect()
  await gone
  return { roundTripsPerSecond, latencyUs, mbPerSecond1, mbPerSecond64 }
}

const rows: readonly [string, keyof TransportFigures, 'more' | 'less'][] = [
  ['round trips of 8 frames, 300 bytes (1/s)', 'roundTripsPerSecond', 'more'],
  ['one round trip, median (µs)', 'latencyUs', 'less'],
  ['frames of 1 MB, one way (MB/s)', 'mbPerSecond1', 'more'],
  ['frames of 64 MB, one way (MB/s)', 'mbPerSecond64', 'more'],
]

function print(ours: TransportFigures, theirs: TransportFigures | undefined): void {
  console.log(
    `${'DEALER to ROUTER, loopback TCP'.padEnd(44)}${'ours'.padStart(10)}${'zeromq'.padStart(10)}  ratio`,
  )
  for (const [what, key, better] of rows) {
    const mine = ours[key]
    const other = theirs?.[key]
    const ratio = other === undefined ? undefined : better === 'more' ? mine / other : other / mine
    console.log(
      what.padEnd(44) +
        mine.toFixed(0).padStart(10) +
        (other?.toFixed(0) ?? '-').padStart(10) +
        (ratio === undefined ? '' : `  ${ratio.toFixed(1)}x`),
    )
  }
}

/** Measures both and prints a table; ours alone where `zeromq` cannot be loaded. */
export async function benchTransport(seconds: number): Promise<void> {
  const ours = await measureTransport('ours', seconds)
  const theirs = await measureTransport('zeromq', seconds).catch((error) => {
    console.log(`zeromq was not measured: ${error.message}`)
    return undefined
  })
  print(ours, theirs)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchTransport(Number(process.argv[2] ?? 2))
}
