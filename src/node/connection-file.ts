import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ArgumentError, messageOf } from '../base/mod.ts'
import {
  type ClientConnectionInfo,
  connectionFileText,
  type EngineConnectionInfo,
  readClientInfo,
  readEngineInfo,
} from '../jupyter/mod.ts'
import { makeFolder } from './make-folder.ts'
import { replaceFile } from './replace-file.ts'

/**
 * Writes a file that is either the old one or the new one, never half of it, readable by its
 * owner only.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    makeFolder(dirname(path), 0o700)
    writeFileSync(temporary, text, { mode: 0o600 })
    chmodSync(temporary, 0o600)
    replaceFile(temporary, path)
  } catch (cause) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // Its folder is none.
    }
    throw new ArgumentError(`could not write ${path}: ${messageOf(cause)}`, { cause })
  }
}

export function writeConnectionFile(
  path: string,
  info: ClientConnectionInfo | EngineConnectionInfo,
): void {
  writePrivateFile(path, connectionFileText(info))
}

async function read<T>(path: string, parse: (text: string) => T): Promise<T> {
  const content = await readFile(path, 'utf8')
  try {
    return parse(content)
  } catch (cause) {
    throw new ArgumentError(`${path}: ${messageOf(cause)}`, { cause })
  }
}

/**
 * @throws {ArgumentError} naming the file and what is wrong in it.
 * @throws the file system's own error (`ENOENT`, `EACCES`) when it cannot be read.
 */
export function readClientFile(path: string): Promise<ClientConnectionInfo> {
  return read(path, readClientInfo)
}

/** As {@link readClientFile}, for an engine's file. */
export function readEngineFile(path: string): Promise<EngineConnectionInfo> {
  return read(path, readEngineInfo)
}
