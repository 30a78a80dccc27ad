import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { Program } from './run-program.ts'

const root = new URL('../../', import.meta.url)

/**
 * Whether `lib/`, which loads faster, holds what `dist/` does. In an installed package it always
 * does; in a checkout the compiler may have been at work since.
 */
function libIsCurrent(): boolean {
  const built = new URL('lib/built', root)
  const sources = new URL('src/', root)
  if (!existsSync(sources)) return existsSync(built)
  try {
    const builtMs = Date.parse(readFileSync(built, 'utf8'))
    return readdirSync(sources).every((folder) => {
      const compiled = new URL(`dist/${folder}/.tsbuildinfo`, root)
      return statSync(compiled).mtimeMs <= builtMs
    })
  } catch {
    return false
  }
}

/** Runs a program with this process's arguments, from whichever build is the newest. */
export async function runNewest(program: Program): Promise<void> {
  const build = libIsCurrent() ? 'lib' : 'dist'
  const { href } = new URL(`${build}/cli/run-program.js`, root)
  const { runProgram } = (await import(href)) as typeof import('./run-program.ts')
  await runProgram(program)
}
