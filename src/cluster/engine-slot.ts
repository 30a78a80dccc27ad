import type { EngineConnectionInfo } from '../jupyter/mod.ts'
import type { LaunchedProcess, ProcessEnd } from './launcher/launcher.ts'

/** What an engine does, as the process sees it that started it. */
export type EngineState = 'starting' | 'ready' | 'stopping' | 'ended'

/** The place of one engine in a set; a restarted engine keeps it. */
export class EngineSlot {
  /** Counted from 0 within the set. */
  readonly index: number
  process: LaunchedProcess
  state: EngineState = 'starting'
  /** Known once it is registered. */
  id: number | undefined
  uuid: string | undefined
  end: ProcessEnd | undefined
  /** When it was started again, in milliseconds of the monotonic clock. */
  readonly restartsMs: number[] = []

  constructor(index: number, process: LaunchedProcess) {
    this.index = index
    this.process = process
  }

  /** Tells the engine where its controller is. */
  connect(info: EngineConnectionInfo): void {
    this.process.send({ type: 'connection-info', info })
  }
}
