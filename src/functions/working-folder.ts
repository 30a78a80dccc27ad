import { parse } from 'node:path'
import process from 'node:process'

let last = parse(process.execPath).root

/** The working folder; where somebody has removed it, the last that there was. */
export function workingFolder(): string {
  try {
    last = process.cwd()
  } catch {
    // Code can go on: only what it looks for there is missing.
  }
  return last
}
