/** The far side of `transport.ts`: a ROUTER that answers, ours or libzmq's, in its own process. */
import { Router } from 'iparallel/zmq'

export type Implementation = 'ours' | 'zeromq'

/** Frames from this size on are acknowledged, not echoed: then the figure is for one way. */
const ackBytesMin = 65_536
const ack = new Uint8Array(1)

function answerTo(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  return frames[1]!.length < ackBytesMin ? frames : [frames[0]!, ack]
}

async function serveOurs(): Promise<string> {
  const router = new Router({ sendHighWaterMark: 0 })
  router.onMessage = (frames) => {
    router.trySend(answerTo(frames))
  }
  return router.bind('tcp://127.0.0.1:0')
}

async function serveZeromq(): Promise<string> {
  const { Router: ZmqRouter } = await import('zeromq')
  const router = new ZmqRouter({ sendHighWaterMark: 0, receiveHighWaterMark: 0 })
  await router.bind('tcp://127.0.0.1:*')
  void (async () => {
    for await (const frames of router) await router.send(answerTo(frames) as Buffer[])
  })()
  return router.lastEndpoint!
}

if (process.send !== undefined) {
  const endpoint = process.argv[2] === 'ours' ? await serveOurs() : await serveZeromq()
  process.send(endpoint)
  process.once('disconnect', () => process.exit())
}
