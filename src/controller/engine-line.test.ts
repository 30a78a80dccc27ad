import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger, utf8 } from '../base/mod.ts'
import { Dealer, inprocTransport } from '../sockets/mod.ts'
import { ManualClock, SeededRandom } from '../testing/mod.ts'
import { EngineLine } from './engine-line.ts'

test('an engine is silent when its own connection ends, also where all come from one address', async () => {
  const clock = new ManualClock()
  const transports = [inprocTransport(clock)]
  const context = { transports, clock, random: new SeededRandom(1), logger: silentLogger }
  const line = new EngineLine(context, 'task', {})
  await line.bind('inproc://line')
  const [a, b] = ['a', 'b'].map((routingId) => new Dealer(context, { routingId }))
  for (const dealer of [a!, b!]) {
    dealer.connect('inproc://line')
    dealer.trySend([utf8('hello')])
  }
  await clock.advance(1)
  const silent: string[] = []
  line.whenSilent('a', () => silent.push('a'))
  const closed = b!.close({ lingerMs: 0 })
  await clock.advance(1)
  assert.deepEqual(silent, [])
  await Promise.all([closed, a!.close({ lingerMs: 0 }), clock.advance(1)])
  assert.deepEqual(silent, ['a'])
  await line.close(0)
})
