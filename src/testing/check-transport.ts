import { assert, concat, equal, utf8 } from '../base/mod.ts'
import type { ByteStream, Listener, Transport } from '../sockets/mod.ts'
import { parseEndpoint } from '../zmtp/mod.ts'

/** Registers a test: `test` of node:test, or of any runner with the same shape. */
export type TestFunction = (title: string, body: () => Promise<void>) => unknown

/** What the laws need to try a transport. */
export interface TransportUnderTest {
  readonly transport: Transport
  /** An endpoint that is free to listen on; another one at each call. */
  freeEndpoint(): string
}

/** A stream and all that it told, as something to wait for. */
class Ear {
  readonly stream: ByteStream
  readonly chunks: Uint8Array[] = []
  drains = 0
  closed = false
  cause: Error | undefined
  #wake: () => void = () => {}

  constructor(stream: ByteStream) {
    this.stream = stream
    stream.start({
      data: (bytes) => {
        assert(!this.closed, 'data came after the end')
        this.chunks.push(bytes)
        this.#wake()
      },
      drain: () => {
        this.drains++
        this.#wake()
      },
      closed: (cause) => {
        assert(!this.closed, 'the end came twice')
        this.closed = true
        this.cause = cause
        this.#wake()
      },
    })
  }

  get length(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0)
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

interface Pair {
  readonly near: Ear
  readonly far: Ear
}

type Law = (under: TransportUnderTest, pair: () => Promise<Pair>) => Promise<void>

const laws: Readonly<Record<string, Law>> = {
  'bytes arrive in order, both ways': async (_, pair) => {
    const { near, far } = await pair()
    near.stream.write([utf8('one '), utf8('two ')])
    near.stream.write([utf8('three')])
    far.stream.write([utf8('back')])
    await far.until(() => far.length === 13)
    await near.until(() => near.length === 4)
    assert(equal(concat(far.chunks), utf8('one two three')), 'the bytes are others')
  },

  'much arrives whole, in pieces of any size': async (_, pair) => {
    const { near, far } = await pair()
    const sent = new Uint8Array(5_000_000).map((_, i) => (i * 7) % 251)
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3) % 400_009) {
      near.stream.write([sent.subarray(at, Math.min(at + size, sent.length))])
    }
    await far.until(() => far.length === sent.length)
    assert(equal(concat(far.chunks), sent), 'the bytes are others')
  },

  'what was received is not written over later': async (_, pair) => {
    const { near, far } = await pair()
    const kept: Uint8Array[] = []
    for (let i = 0; i < 200; i++) {
      near.stream.write([new Uint8Array(700).fill(i)])
      await far.until(() => far.length === (i + 1) * 700)
      kept.push(concat(far.chunks.slice(kept.length)))
    }
    const all = concat(far.chunks)
    for (let i = 0; i < all.length; i++) assert(all[i] === Math.floor(i / 700), 'bytes changed')
  },

  'the end of one side is the end of both, after everything sent': async (_, pair) => {
    const { near, far } = await pair()
    near.stream.write([new Uint8Array(300_000)])
    near.stream.end()
    await far.until(() => far.closed)
    await near.until(() => near.closed)
    assert(far.length === 300_000, 'something was lost')
    assert(far.cause === undefined && near.cause === undefined, 'the end was not in good order')
  },

  'a stream that is destroyed is gone on both sides': async (_, pair) => {
    const { near, far } = await pair()
    near.stream.destroy()
    await near.until(() => near.closed)
    await far.until(() => far.closed)
  },

  'a writer is told that its peer is slow, and when it is not any more': async (_, pair) => {
    const { near, far } = await pair()
    far.stream.pause()
    let written = 0
    while (near.stream.write([new Uint8Array(100_000)])) {
      written++
      assert(written < 1_000, 'a hundred megabytes found room in a peer that does not read')
    }
    assert(near.drains === 0, 'drained before the peer read')
    far.stream.resume()
    await near.until(() => near.drains > 0)
    await far.until(() => far.length === (written + 1) * 100_000)
  },

  'nothing is delivered to a stream that pauses': async (_, pair) => {
    const { near, far } = await pair()
    far.stream.pause()
    near.stream.write([utf8('later')])
    near.stream.end()
    // The other way works, so time enough has passed once this arrived.
    far.stream.write([utf8('now')])
    await near.until(() => near.length === 3)
    const heardBefore = far.length + Number(far.closed)
    assert(heardBefore === 0, 'a paused stream heard something')
    far.stream.resume()
    await far.until(() => far.closed)
    assert(far.length === 5, 'what waited was lost')
  },

  'bytes that come before anybody listens are kept': async (under) => {
    const endpoint = under.freeEndpoint()
    const listener = await under.transport.listen(parseEndpoint(endpoint), (stream) => {
      stream.start({ data() {}, drain() {}, closed() {} })
      stream.write([utf8('early')])
    })
    const stream = await connectTo(under, listener)
    await Promise.resolve()
    const ear = new Ear(stream)
    await ear.until(() => ear.length === 5)
    stream.destroy()
    await listener.close()
  },

  'an endpoint that is taken cannot be had': async (under) => {
    const endpoint = under.freeEndpoint()
    const listener = await under.transport.listen(parseEndpoint(endpoint), () => {})
    const again = under.transport.listen(parseEndpoint(listener.endpoint), () => {})
    assert(
      await again.then(
        () => false,
        () => true,
      ),
      'two listen at the same endpoint',
    )
    await listener.close()
  },

  'an endpoint that was closed can be had again': async (under) => {
    const endpoint = under.freeEndpoint()
    const first = await under.transport.listen(parseEndpoint(endpoint), () => {})
    await first.close()
    const second = await under.transport.listen(parseEndpoint(first.endpoint), () => {})
    assert(second.endpoint === first.endpoint, 'it listens elsewhere')
    await second.close()
  },

  'a connection can be given up': async (under) => {
    const giveUp = new AbortController()
    const reason = new Error('enough')
    const connecting = under.transport.connect(parseEndpoint(under.freeEndpoint()), giveUp.signal)
    giveUp.abort(reason)
    const outcome = await connecting.then(
      () => 'connected',
      () => 'rejected',
    )
    assert(outcome === 'rejected', 'it connected to nobody')
  },
}

function connectTo(under: TransportUnderTest, listener: Listener): Promise<ByteStream> {
  return under.transport.connect(parseEndpoint(listener.endpoint), new AbortController().signal)
}

/** Every promise of `ByteStream` and `Transport`, as one test each. */
export function checkTransport(test: TestFunction, under: TransportUnderTest): void {
  const { transport } = under
  for (const [title, law] of Object.entries(laws)) {
    test(`${transport.scheme}: ${title}`, async () => {
      const pairs: [Pair, Listener][] = []
      const makePair = async (): Promise<Pair> => {
        let accept: (stream: ByteStream) => void
        const accepted = new Promise<ByteStream>((resolve) => {
          accept = resolve
        })
        const endpoint = parseEndpoint(under.freeEndpoint())
        const listener = await transport.listen(endpoint, (stream) => accept(stream))
        const near = new Ear(await connectTo(under, listener))
        const pair = { near, far: new Ear(await accepted) }
        pairs.push([pair, listener])
        return pair
      }
      await law(under, makePair)
      for (const [{ near, far }, listener] of pairs) {
        near.stream.destroy()
        far.stream.destroy()
        await listener.close()
      }
    })
  }
}
