import type { OutputPlace } from './cell-output.ts'
import { PictureFolder } from './picture-folder.ts'
import type { Terminal } from './terminal.ts'
import type { ImageProtocol } from './terminal-images.ts'

/** The screen of a terminal. */
export function screenPlace(
  terminal: Terminal,
  colours: boolean,
  images: ImageProtocol | undefined,
): OutputPlace {
  const pictures = new PictureFolder()
  return {
    colours,
    images,
    get columns() {
      return terminal.columns
    },
    get rows() {
      return terminal.rows
    },
    save: (extension, data) => pictures.save(extension, data),
    write: async (_, text) => {
      terminal.write(text)
      await terminal.drained()
    },
  }
}

/** Streams that take text only, such as a pipe or a file. */
export function plainPlace(
  streams: {
    readonly stdout: NodeJS.WritableStream & { readonly columns?: number }
    readonly stderr: NodeJS.WritableStream
  },
  colours: boolean,
): OutputPlace {
  const pictures = new PictureFolder()
  return {
    colours,
    images: undefined,
    columns: streams.stdout.columns ?? 80,
    rows: undefined,
    save: (extension, data) => pictures.save(extension, data),
    // A reader that has gone wants no more; that is no failure of the script.
    write: (stream, text) => new Promise((done) => streams[stream].write(text, () => done())),
  }
}
