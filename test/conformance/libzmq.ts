/** What the tests against libzmq share: the npm package that binds it, and how the sides meet. */
import { randomUUID } from 'node:crypto'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Socket } from 'iparallel/zmq'
import type * as Zeromq from 'zeromq'

export type Libzmq = typeof Zeromq

/** A socket of the package, as far as `meet` needs it. */
interface TheirSocket {
  linger: number
  readonly lastEndpoint: string | null
  bind(endpoint: string): Promise<void>
  connect(endpoint: string): void
  close(): void
}

const loaded: Libzmq | string = await import('zeromq').catch(
  (error: Error) => `the npm package zeromq cannot be loaded: ${error.message}`,
)

const schemes = platform() === 'win32' ? (['tcp'] as const) : (['tcp', 'ipc'] as const)

/** Ways for our socket (ours) and libzmq's (theirs) to find each other. */
const ways = schemes.flatMap((scheme) =>
  (['ours', 'theirs'] as const).map((binder) => ({ scheme, binder })),
)

/** Connects the two sides of a test; both are closed when it is over. */
export type Meet = (ours: Socket, theirs: TheirSocket) => Promise<void>

export interface Sides {
  readonly zmq: Libzmq
  readonly meet: Meet
}

/** What a test needs of libzmq besides its being there. */
export interface LibzmqNeeds {
  readonly capability?: 'curve'
}

function whyNot({ capability }: LibzmqNeeds): string | false {
  if (typeof loaded === 'string') return loaded
  if (capability === undefined || loaded.capability[capability] === true) return false
  return `the libzmq in the npm package zeromq was built without ${capability}`
}

/** Registers a test that needs libzmq, skipped with the reason where there is none. */
export function againstLibzmq(
  title: string,
  body: (zmq: Libzmq, t: TestContext) => Promise<void>,
  needs: LibzmqNeeds = {},
): void {
  test(title, { skip: whyNot(needs) }, (t) => body(loaded as Libzmq, t))
}

/** The same test for each transport, with our side and with theirs as the one that binds. */
export function bothWays(
  title: string,
  body: (sides: Sides) => Promise<void>,
  needs: LibzmqNeeds = {},
): void {
  for (const { scheme, binder } of ways) {
    againstLibzmq(
      `${title} (${scheme}, ${binder} binds)`,
      async (zmq, t) => {
        const meet: Meet = async (ours, theirs) => {
          theirs.linger = 0
          t.after(() => theirs.close())
          t.after(() => ours.close({ lingerMs: 0 }))
          const free = scheme === 'tcp' ? 'tcp://127.0.0.1:' : `ipc://${freePath()}`
          if (binder === 'ours') {
            theirs.connect(await ours.bind(scheme === 'tcp' ? `${free}0` : free))
          } else {
            await theirs.bind(scheme === 'tcp' ? `${free}*` : free)
            ours.connect(theirs.lastEndpoint!)
          }
        }
        await body({ zmq, meet })
      },
      needs,
    )
  }
}

function freePath(): string {
  return join(tmpdir(), `ipar-${randomUUID()}.sock`)
}

/** Resolves when `socket` has told of an event of this type; ask before it can happen. */
export function eventOf(socket: Socket, type: string): Promise<void> {
  const before = socket.onEvent
  return new Promise((resolve) => {
    socket.onEvent = (event) => {
      before?.(event)
      if (event.type === type) resolve()
    }
  })
}

export function bytes(...texts: string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text))
}

export function texts(frames: readonly Uint8Array[]): string[] {
  return frames.map((frame) => Buffer.from(frame).toString())
}
