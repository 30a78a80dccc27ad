import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where pictures go that the terminal cannot show: a folder for the session, made on first use. */
export class PictureFolder {
  #dir: string | undefined
  #count = 0

  /** @returns the path of the file. */
  save(extension: string, data: Buffer | string): string {
    this.#dir ??= mkdtempSync(join(tmpdir(), 'iparallel-console-'))
    this.#count++
    const path = join(this.#dir, `output-${this.#count}.${extension}`)
    writeFileSync(path, data, { mode: 0o600 })
    return path
  }
}
