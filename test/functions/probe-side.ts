/**
 * One side of the probes, as a process of its own. `send PROBES` prints each probe's frames,
 * `receive PROBES` reads those, makes the values again and prints what their use gave.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type * as Functions from '../../src/functions/mod.ts'
import type * as Serialize from '../../src/serialize/mod.ts'
import type { Probe } from './probe.ts'

/** What one probe came to: the frames or the result in base 64, or a failure. */
export interface Answer {
  readonly title: string
  readonly frames?: readonly string[]
  readonly failure?: string
}

// Neither folder is a door of the package: this reads the compiled folders beside it.
const dist = new URL('../../', import.meta.url)
const { Codec } = (await import(new URL('serialize/mod.js', dist).href)) as typeof Serialize
const { inspectorFunctionCodec } = (await import(
  new URL('functions/mod.js', dist).href
)) as typeof Functions

const codec = new Codec(inspectorFunctionCodec())
const [, , side, file] = process.argv
const { probes } = (await import(pathToFileURL(file!).href)) as { probes: readonly Probe[] }

function encode(value: unknown): string[] {
  return codec.encode(value).map((frame) => Buffer.from(frame).toString('base64'))
}

function decode(frames: readonly string[]): unknown {
  return codec.decode(frames.map((frame) => Buffer.from(frame, 'base64'))).value
}

async function attempt(title: string, work: () => unknown): Promise<Answer> {
  try {
    return { title, frames: encode(await work()) }
  } catch (thrown) {
    return { title, failure: thrown instanceof Error ? (thrown.stack ?? '') : String(thrown) }
  }
}

async function send({ title, sent }: Probe): Promise<Answer> {
  return attempt(title, () => sent)
}

async function receive({ title, use }: Probe, arrived: Answer | undefined): Promise<Answer> {
  if (arrived?.frames === undefined) return arrived ?? { title, failure: 'it was not sent' }
  return attempt(title, () => use(decode(arrived.frames!) as never))
}

const answers: Answer[] = []
if (side === 'send') {
  for (const probe of probes) answers.push(await send(probe))
} else {
  const sent = JSON.parse(readFileSync(0, 'utf8')) as Answer[]
  for (const probe of probes) {
    const arrived = sent.find(({ title }) => title === probe.title)
    answers.push(await receive(probe, arrived))
  }
}
process.stdout.write(JSON.stringify(answers))
