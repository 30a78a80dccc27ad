import type { Targets } from '../client/mod.ts'
import { UsageError } from '../kernel/mod.ts'

/** Engines as a magic names them: all, one, some, or a slice of all their ids. */
export type TargetChoice =
  | { readonly kind: 'targets'; readonly targets: Targets }
  | { readonly kind: 'slice'; readonly parts: readonly [number?, number?, number?] }

/**
 * Reads `all`, `0`, `-1`, `0,2`, `[0, 2]`, `::2`, `1:3`: what Python's `--targets` takes.
 * @throws {UsageError}
 */
export function readTargets(text: string): TargetChoice {
  const plain = text.trim().replace(/^(?:\[(.*)\]|\((.*)\))$/s, (_, a, b) => String(a ?? b))
  if (plain === 'all') return { kind: 'targets', targets: 'all' }
  if (/^-?\d*:-?\d*(?::-?\d*)?$/.test(plain)) {
    const parts = plain.split(':').map((part) => (part === '' ? undefined : Number(part)))
    if (parts[2] === 0) throw new UsageError('--targets: the step of a slice cannot be 0')
    return { kind: 'slice', parts: parts as [number?, number?, number?] }
  }
  // A comma at the end makes a list of one, as in Python.
  const ids = plain.replace(/,\s*$/, '').split(',')
  if (!ids.every((id) => /^\s*-?\d+\s*$/.test(id))) {
    throw new UsageError(
      `--targets: '${text}' names no engines; all, 0, -1, 0,2 and ::2 would name some`,
    )
  }
  const numbers = ids.map(Number)
  const isOne = numbers.length === 1 && !/[,[(]/.test(text)
  return { kind: 'targets', targets: isOne ? numbers[0]! : numbers }
}

/** Which engines that are now. A slice is one of the ids in their order, as in Python. */
export function resolveTargets(choice: TargetChoice, ids: readonly number[]): Targets {
  return choice.kind === 'targets' ? choice.targets : sliced(ids, choice.parts)
}

function sliced(ids: readonly number[], parts: readonly [number?, number?, number?]): number[] {
  const step = parts[2] ?? 1
  const { length } = ids
  const place = (value: number | undefined, otherwise: number): number => {
    if (value === undefined) return otherwise
    const from = value < 0 ? value + length : value
    return step > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1)
  }
  const start = place(parts[0], step > 0 ? 0 : length - 1)
  const stop = place(parts[1], step > 0 ? length : -1)
  const found: number[] = []
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) found.push(ids[i]!)
  return found
}

/** `all`, `1`, `[0, 1, 2]`; a long list is shortened in its middle. */
export function describeTargets(targets: Targets): string {
  if (!Array.isArray(targets))
    return typeof targets === 'object' ? JSON.stringify(targets) : String(targets)
  const ids = targets as readonly number[]
  return ids.length > 10
    ? `[${ids.slice(0, 4).join(', ')}, ..., ${ids.slice(-4).join(', ')}]`
    : `[${ids.join(', ')}]`
}
