import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedCluster } from './played-cluster.test.ts'

/** As a cell would write it: nobody has checked it. */
const unchecked = (value: unknown) => value as object

test('an option that does not exist is refused, with the one that was meant', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const balanced = rc.loadBalancedView()
  const view = rc.directView()
  const double = (x: number) => x * 2
  const result = balanced.apply(double, 1)
  const cases: [call: () => unknown, message: RegExp][] = [
    [() => balanced.map(double, [1], unchecked({ chunksize: 5 })), /did you mean 'chunkSize'\?/],
    [() => balanced.withFlags(unchecked({ timeout: 5 })), /did you mean 'timeoutMs'\?/],
    [() => view.map(double, [1], unchecked({ ordered: false })), /has no option 'ordered'; it has/],
    [() => view.execute('1', unchecked({ slient: true })), /did you mean 'silent'\?/],
    [() => view.scatter('x', [1], unchecked({ distribution: 'cyclic' })), /it has dist, flatten$/],
    [() => rc.waitForEngines(1, unchecked({ timeout: 5 })), /did you mean 'timeoutMs'\?/],
    [() => result.wait(unchecked({ timeout: 5 })), /did you mean 'timeoutMs'\?/],
  ]
  for (const [call, message] of cases) assert.throws(call, { code: 'IPAR_ARGUMENT', message })
  await cluster.stop()
})

test('what stands where options belong and is none is refused', async () => {
  const cluster = await PlayedCluster.start(1)
  const rc = await cluster.connect()
  const message = 'waitForEngines takes its options as { timeoutMs: … }, not 10'
  assert.throws(() => rc.waitForEngines(1, unchecked(10)), { code: 'IPAR_ARGUMENT', message })
  await cluster.stop()
})
