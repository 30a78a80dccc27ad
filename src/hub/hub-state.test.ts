import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EngineTable, type HubEffect, HubState } from './mod.ts'

const periodMs = 1_000
const missesMax = 3

class Driver {
  readonly state: HubState
  atMs = 0
  lastPing = ''

  constructor(restored?: EngineTable) {
    this.state = new HubState(
      {
        heartbeatPeriodMs: periodMs,
        missesMax,
        registrationTimeoutMs: 5_000,
        ...(restored === undefined ? {} : { restored }),
      },
      0,
    )
  }

  get ids(): Record<string, number> {
    return Object.fromEntries(this.state.engines.map(({ uuid, id }) => [uuid, id]))
  }

  request(uuid: string, requestedId?: number, facts = {}): string[] {
    const { atMs } = this
    return this.#say(
      this.state.apply({ type: 'registration-requested', uuid, requestedId, facts, atMs }),
    )
  }

  pong(uuid: string, ping = this.lastPing): string[] {
    return this.#say(this.state.apply({ type: 'heart-answered', uuid, ping, atMs: this.atMs }))
  }

  register(uuid: string, requestedId?: number): void {
    this.request(uuid, requestedId)
    this.pong(uuid)
  }

  unregister(who: { id?: number; uuid?: string }): string[] {
    return this.#say(
      this.state.apply({ type: 'unregistration-requested', ...who, atMs: this.atMs }),
    )
  }

  /** Moves to the next moment at which something is due. */
  tick(): string[] {
    this.atMs = this.state.nextDueAtMs
    return this.#say(this.state.apply({ type: 'time-passed', atMs: this.atMs }))
  }

  /** Lets that many periods pass; the named hearts answer. */
  beat(count: number, ...alive: string[]): string[] {
    const said: string[] = []
    for (const until = this.atMs + count * periodMs; this.state.nextDueAtMs <= until; ) {
      said.push(...this.tick())
      for (const uuid of alive) this.pong(uuid)
    }
    return said
  }

  #say(effects: readonly HubEffect[]): string[] {
    return effects.flatMap((effect) => {
      switch (effect.type) {
        case 'accept-registration':
          return [`accepts ${effect.engine.uuid} as ${effect.engine.id}`]
        case 'refuse-registration':
          return [`refuses: ${effect.ename}`]
        case 'announce-engine':
          return [`${effect.engine.uuid} is here`]
        case 'announce-departure':
          return [`${effect.engine.uuid} has left`]
        case 'publish-ping':
          this.lastPing = effect.ping
          return []
        default:
          return []
      }
    })
  }
}

test('an engine is there once its heart was heard', () => {
  const driver = new Driver()
  assert.deepEqual(driver.request('a'), ['accepts a as 0'])
  assert.deepEqual(driver.ids, {})
  assert.deepEqual(driver.pong('a'), ['a is here'])
  assert.deepEqual(driver.ids, { a: 0 })
})

test('a heart of which nobody knows is ignored', () => {
  assert.deepEqual(new Driver().pong('a'), [])
})

test('an engine that had its first ping before it registered is pinged once more, soon', () => {
  const driver = new Driver()
  driver.request('a')
  driver.tick()
  assert.ok(driver.atMs < periodMs, `a ping after ${driver.atMs} ms`)
  assert.deepEqual(driver.pong('a'), ['a is here'])
  assert.equal(driver.state.nextDueAtMs, periodMs)
})

test('many engines that register one after the other do not mean a ping to all for each', () => {
  const driver = new Driver()
  const engines = 500
  let pings = 0
  for (let i = 0; i < engines; i++) {
    driver.request(`${i}`)
    driver.atMs += 1
    for (; driver.state.nextDueAtMs <= driver.atMs; pings++) driver.tick()
    driver.pong(`${i}`, driver.state.firstPing(driver.atMs))
  }
  assert.equal(Object.keys(driver.ids).length, engines)
  assert.ok(pings < 10, `${pings} pings`)
})

test('ids count up and are never given twice', () => {
  const driver = new Driver()
  driver.register('a')
  driver.register('b')
  driver.unregister({ id: 1 })
  driver.register('c')
  assert.deepEqual(driver.ids, { a: 0, c: 2 })
})

test('an engine gets the id that it asks for, and counting goes on behind it', () => {
  const driver = new Driver()
  driver.register('a', 7)
  driver.register('b')
  assert.deepEqual(driver.ids, { a: 7, b: 8 })
})

test('an engine that asks for an id in use gets the next, even if its owner is pending', () => {
  const driver = new Driver()
  driver.request('a', 7)
  driver.register('b', 7)
  assert.deepEqual(driver.ids, { b: 8 })
})

test('an id beyond all reason is not granted', () => {
  const driver = new Driver()
  driver.register('a', Number.MAX_SAFE_INTEGER)
  driver.register('b', -1)
  assert.deepEqual(driver.ids, { a: 0, b: 1 })
})

for (const state of ['registered', 'pending'] as const) {
  test(`a uuid that is ${state} is refused to others`, () => {
    const driver = new Driver()
    if (state === 'registered') driver.register('a')
    else driver.request('a')
    assert.deepEqual(driver.request('a'), ['refuses: KeyError'])
  })
}

test('the same process may ask again, and gets the same answer', () => {
  const driver = new Driver()
  const facts = { pid: 7, hostname: 'here' }
  driver.request('a', undefined, facts)
  assert.deepEqual(driver.request('a', undefined, facts), ['accepts a as 0'])
  driver.pong('a')
  assert.deepEqual(driver.request('a', undefined, facts), ['accepts a as 0'])
  assert.deepEqual(driver.request('a', undefined, { ...facts, pid: 8 }), ['refuses: KeyError'])
})

test('a registration without a heartbeat is dropped, and its uuid is free again', () => {
  const driver = new Driver()
  driver.request('a')
  driver.beat(6)
  assert.deepEqual(driver.request('a'), ['accepts a as 0'])
})

test('a heartbeat that comes after the registration was dropped still counts', () => {
  const driver = new Driver()
  driver.request('a')
  driver.beat(6)
  assert.deepEqual(driver.pong('a'), ['a is here'])
})

test('an engine leaves by its id or by its uuid', () => {
  const driver = new Driver()
  driver.register('a')
  driver.register('b')
  assert.deepEqual(driver.unregister({ id: 0 }), ['a has left'])
  assert.deepEqual(driver.unregister({ uuid: 'b' }), ['b has left'])
})

test('nothing happens when an unknown engine leaves', () => {
  assert.deepEqual(new Driver().unregister({ id: 5 }), [])
  assert.deepEqual(new Driver().unregister({}), [])
})

test('an engine that leaves while it is pending is forgotten', () => {
  const driver = new Driver()
  driver.request('a')
  driver.unregister({ uuid: 'a' })
  assert.deepEqual(driver.pong('a'), [])
})

test('an engine that has left does not come back by a late heartbeat', () => {
  const driver = new Driver()
  driver.register('a')
  driver.unregister({ id: 0 })
  assert.deepEqual(driver.pong('a'), [])
})

test('a heart may miss as many beats as allowed, and one good answer forgives them', () => {
  const driver = new Driver()
  driver.register('a')
  driver.beat(1, 'a')
  assert.deepEqual(driver.beat(missesMax), [])
  driver.beat(1, 'a')
  assert.deepEqual(driver.beat(missesMax), [])
})

test('a heart that misses one more has stopped', () => {
  const driver = new Driver()
  driver.register('a')
  driver.register('b')
  driver.beat(1, 'a', 'b')
  assert.deepEqual(driver.beat(missesMax + 2, 'b'), ['a has left'])
})

test('an engine whose heart stopped and beats again is back under its id', () => {
  const driver = new Driver()
  driver.register('a')
  driver.beat(missesMax + 2)
  assert.deepEqual(driver.pong('a'), ['a is here'])
  assert.deepEqual(driver.ids, { a: 0 })
})

test('an answer to the last ping but one counts, an older one does not', () => {
  const driver = new Driver()
  driver.register('a')
  driver.beat(1)
  const old = driver.lastPing
  driver.beat(1)
  for (let i = 0; i < missesMax + 1; i++) {
    driver.pong('a', driver.lastPing)
    driver.beat(1)
  }
  assert.deepEqual(Object.keys(driver.ids), ['a'])
  const said: string[] = []
  for (let i = 0; i < missesMax + 3; i++) {
    driver.pong('a', old)
    said.push(...driver.beat(1))
  }
  assert.deepEqual(said, ['a has left'])
})

test('an answer to the ping that an engine got when it began to listen counts', () => {
  const driver = new Driver()
  driver.register('a')
  for (let i = 0; i < missesMax + 3; i++) {
    driver.pong('a', driver.state.firstPing(driver.atMs))
    driver.beat(1)
  }
  assert.deepEqual(driver.ids, { a: 0 })
})

test('newcomers of one period share their ping', () => {
  const driver = new Driver()
  driver.tick()
  const ping = driver.state.firstPing(driver.atMs + 1)
  assert.equal(driver.state.firstPing(driver.atMs + 2), ping)
  driver.beat(2)
  assert.notEqual(driver.state.firstPing(driver.atMs), ping)
})

test('a controller that slept does not blame the engines', () => {
  const driver = new Driver()
  driver.register('a')
  driver.beat(missesMax)
  driver.atMs += 3_600_000
  const effects = driver.state.apply({ type: 'time-passed', atMs: driver.atMs })
  assert.ok(effects.every(({ type }) => type !== 'announce-departure'))
})

test('restored engines are there from the start, and counting goes on', () => {
  const driver = new Driver({ engines: [{ id: 3, uuid: 'a', facts: {} }], nextId: 9 })
  driver.register('b')
  assert.deepEqual(driver.ids, { a: 3, b: 9 })
})

test('a restored engine that is not alive any more is taken off', () => {
  const driver = new Driver({ engines: [{ id: 3, uuid: 'a', facts: {} }], nextId: 9 })
  assert.deepEqual(driver.beat(missesMax + 2), ['a has left'])
})
