import type { SignerFactory } from '../base/mod.ts'
import type { HostFacts } from '../jupyter/mod.ts'
import type { Codec } from '../serialize/mod.ts'
import type { SocketContext } from '../sockets/mod.ts'

/** The streams that engines print to. */
export type StreamName = 'stdout' | 'stderr'

/** Where what the engines print is shown while they run. */
export interface OutputPort {
  write(stream: StreamName, text: string): void
}

/** What a client needs of its platform. */
export interface ClientPorts {
  readonly context: SocketContext
  readonly makeSigner: SignerFactory
  readonly codec: Codec
  readonly host: HostFacts
  /** Absent: engines' output only goes to the results. */
  readonly output?: OutputPort
  /** Reads a local file of source text, for `DirectView.run`. Absent: `run` is refused. */
  readonly readText?: (path: string) => Promise<string>
}
