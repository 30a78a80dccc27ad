import fs, { existsSync } from 'node:fs'
import * as path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Probe, probe } from './probe.ts'
import * as helpers from './probe-helpers.ts'
import { add, counter, type Shape } from './probe-helpers.ts'

const Color = { Red: 'red', Blue: 'blue' } as const

export const importProbes: readonly Probe[] = [
  probe('a builtin function is found again', Math.hypot, (f) => [f(3, 4), f === Math.hypot], [
    5,
    true,
  ]),
  probe(
    'a method of a builtin is found again',
    Array.prototype.slice,
    (f) => f.call([1, 2, 3] as never, 1),
    [2, 3],
  ),
  probe(
    'captured builtins under other names are found again',
    (() => {
      const { max, min } = Math
      const write = JSON.stringify
      return (xs: number[]) => write([max(...xs), min(...xs)])
    })(),
    (f) => f([1, 2, 3]),
    '[3,1]',
  ),
  probe(
    'a captured builtin object is found again',
    (() => {
      const maths = Math
      return () => maths.sqrt(16)
    })(),
    (f) => f(),
    4,
  ),
  probe(
    'globals are those of the receiver',
    () => typeof setTimeout + typeof structuredClone,
    (f) => f(),
    'functionfunction',
  ),
  probe(
    'a named import of a builtin module works',
    () => existsSync(path.sep),
    (f) => f(),
    true,
  ),
  probe(
    'a default import of a builtin module works',
    () => fs.existsSync('/no/such/file'),
    (f) => f(),
    false,
  ),
  probe(
    'a namespace import of a builtin module works',
    () => path.basename('/a/b.c'),
    (f) => f(),
    'b.c',
  ),
  probe(
    'an import under another name works',
    async () => {
      await sleep(1)
      return 'awake'
    },
    (f) => f(),
    'awake',
  ),
  probe(
    "a named import of the user's own module works",
    (x: number) => add(x, 1),
    (f) => f(2),
    3,
  ),
  probe(
    "a namespace import of the user's own module works",
    () => helpers.add(1, helpers.one),
    (f) => f(),
    2,
  ),
  probe(
    'an imported function brings what its module holds',
    () => counter(),
    (f) => [f(), f()],
    [11, 12],
  ),
  probe(
    'a dynamic import of a builtin module works',
    async () => (await import('node:path')).extname('a.b'),
    (f) => f(),
    '.b',
  ),
  probe(
    'a captured table of constants travels',
    (x: number): Shape => ({ color: Color.Blue, x }),
    (f) => f(1),
    { color: 'blue', x: 1 },
  ),
]
