import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes from the end of a file that are looked at. */
const tailBytes = 65_536

/** The last lines of a file; empty when it cannot be read. */
export function outputTail(path: string, linesMax: number): string {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const { size } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    const length = readSync(fd, buffer, 0, buffer.length, size - buffer.length)
    const lines = buffer.toString('utf8', 0, length).trimEnd().split('\n')
    return linesMax === 0 ? '' : lines.slice(-linesMax).join('\n')
  } catch {
    return ''
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
