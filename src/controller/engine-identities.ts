import { utf8 } from '../base/mod.ts'

/** The identity frames of the engines: short, and asked for with every message. */
export class EngineIdentities {
  readonly #frames = new Map<string, Uint8Array>()

  get(uuid: string): Uint8Array {
    let frame = this.#frames.get(uuid)
    if (frame === undefined) {
      frame = utf8(uuid)
      this.#frames.set(uuid, frame)
    }
    return frame
  }

  forget(uuid: string): void {
    this.#frames.delete(uuid)
  }
}
