import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, type ExecuteResult } from 'iparallel'
import { Command, ipythonDir } from './command.ts'

/**
 * Engine 0 is the kernel in front of which somebody sits, the others are those that magics send
 * cells to: an engine is a kernel like any other, and finds its own cluster by the environment.
 */
const others = '1,2'
let rc: Client
let dir: string
const cleanups: (() => unknown)[] = []

before(async () => {
  const context = { after: (clean: () => unknown) => cleanups.unshift(clean) } as never
  dir = ipythonDir(context)
  const cluster = new Command(context, dir, 'ipcluster', ['start', '-n', '3'])
  await cluster.says(/engines are ready|ready/i)
  rc = await Client.connect({ ipythonDir: dir }, { waitForFileMs: 20_000, showOutput: false })
  await rc.waitForEngines(3, { timeoutMs: 20_000 })
})
after(async () => {
  await rc.close()
  for (const clean of cleanups) await clean()
})

function here(code: string): Promise<ExecuteResult> {
  return rc.directView(0).execute(code) as PromiseLike<ExecuteResult> as Promise<ExecuteResult>
}

const shownTexts = ({ outputs }: ExecuteResult): unknown[] =>
  outputs.map(({ data }) => data['text/plain']).sort()

test('a kernel that has made no client finds its cluster by itself', async () => {
  const result = await here(`%%px --targets ${others}\nconsole.log('hello')\n6 * 7`)
  assert.match(result.stdout, /^\[stdout:1\] hello$/m)
  assert.match(result.stdout, /^\[stdout:2\] hello$/m)
  assert.deepEqual(shownTexts(result), ['Out[1:1]: 42', 'Out[2:1]: 42'])
})

test('cells as they are written for IPython: values, then a look at them', async () => {
  await here(`%pxconfig --targets ${others}`)
  // Only the line of the magic goes to the engines.
  const local = await here('%px var eid = process.pid\nvar eid = 0\neid')
  assert.equal(local.text, '0')
  assert.doesNotMatch(shownTexts(await here('%px eid')).join(), /: 0\b/)
  await here('%px var rank = 7')
  assert.match(shownTexts(await here('%px rank')).join(), /Out\[1:\d+\]: 7,Out\[2:\d+\]: 7/)
})

test('TypeScript in a parallel cell has its types removed on the engines', async () => {
  const result = await here(`%%px -t 1\nconst f = (x: number): number => x + 1\nf(41)`)
  assert.match(String(shownTexts(result)[0]), /^Out\[1:\d+\]: 42$/)
})

test('errors come with the numbers of their engines, and end in one summary', async () => {
  const running = rc.directView(0).execute(`%%px -t ${others}\nthrow new TypeError('no')`)
  await assert.rejects(
    () => running.get(),
    (error: { ename: string; evalue: string }) => {
      assert.equal(error.ename, 'CompositeError')
      assert.match(
        error.evalue,
        /^2 of 2 failed:\n {2}\[1:execute\] TypeError: no\n {2}\[2:execute\]/,
      )
      return true
    },
  )
  assert.match(running.stderr, /\[2:execute\]\nTypeError: no\n {4}at cell \d+:1:7\n/)
})

test('outputs are grouped by engine on request, and recalled by %pxresult', async () => {
  const grouped = await here(`%%px -e -t ${others}\nconsole.log('out'); console.error('err'); 1`)
  assert.equal(grouped.stdout, '[stdout:1] out\n[stdout:2] out\n')
  assert.equal(grouped.stderr, '[stderr:1] err\n[stderr:2] err\n')
  const recalled = await here('%pxresult')
  assert.equal(recalled.stdout, grouped.stdout)
  assert.equal(shownTexts(recalled).length, 2)
})

test('without waiting, the result has a name and the cell ends at once', async () => {
  await here(`%%px --noblock --out later -t ${others}\n'later'`)
  const result = await here('(await later).map(String)')
  assert.match(String(result.text), /Out\[1:\d+\]: 'later'/)
})

test('without waiting, the value of the cell is the result, as in IPython', async () => {
  assert.match((await here(`%%px --noblock -t ${others}\n'later'`)).text ?? '', /^AsyncResult\(/)
  const result = await here('(await _).map(String)')
  assert.match(String(result.text), /Out\[1:\d+\]: 'later'/)
})

test('%autopx sends every cell, until it is said again', async () => {
  assert.match((await here('%autopx')).stdout, /enabled/)
  const cell = await here('1 + 1')
  assert.match((await here('%autopx')).stdout, /disabled/)
  assert.equal(shownTexts(cell).length, 2)
  assert.equal((await here('1 + 1')).text, '2')
})

test('a view that was activated has magics of its own', async () => {
  await here("const rc = await Client.connect()\nrc.directView([2]).activate('_even')")
  const result = await here('%px_even 5')
  assert.match(String(shownTexts(result)[0]), /^Out\[2:\d+\]: 5$/)
  assert.match((await here('%lsmagic')).stdout, /%px_even {2}.*\n.*%%px_even/s)
})

test('an interrupt of the cell interrupts the engines', async () => {
  const forEver = "console.log('begun'); await new Promise(() => {})"
  const running = rc.directView(0).execute(`%%px -t ${others}\n${forEver}`)
  for await (const _ of running.streamOutput()) {
    if ((running.stdout.match(/begun/g) ?? []).length === 2) break
  }
  await rc.directView(0).interrupt()
  await assert.rejects(() => running.get(), { ename: 'KeyboardInterrupt' })
  // They are free again.
  assert.equal(shownTexts(await here(`%%px -t ${others}\n1`)).length, 2)
})

test('magics work on all engines at once', async () => {
  writeFileSync(join(dir, 'model.ts'), 'export const speed: number = 3\n')
  const view = rc.directView()
  await view.execute(`%cd ${dir}`)
  await view.execute('%run model.ts')
  assert.deepEqual(await view.pull('speed'), [3, 3, 3])
})

test('an engine of the cluster completes, inspects and remembers', async () => {
  await here('const answers = { all: 42 }')
  const { matches } = await rc.directView(0).complete('answers.')
  assert.equal(matches[0], 'all')
  const { found, data } = await rc.directView(0).inspect('answers')
  assert.ok(found)
  assert.match(String(data['text/plain']), /all: 42/)
  const history = await rc.directView(0).history()
  assert.equal(history.at(-1)?.[2], 'const answers = { all: 42 }')
})
