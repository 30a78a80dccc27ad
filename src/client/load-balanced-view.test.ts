import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reference } from '../serialize/mod.ts'
import {
  type Client,
  CompositeError,
  Dependency,
  ImpossibleDependencyError,
  InvalidDependencyError,
  type LoadBalancedView,
  RemoteError,
  TaskAbortedError,
  TaskTimeoutError,
} from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

async function withView(
  work: (cluster: PlayedCluster, view: LoadBalancedView, rc: Client) => Promise<void>,
): Promise<void> {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  await work(cluster, rc.loadBalancedView(), rc)
  await cluster.stop()
}

function holdAll(cluster: PlayedCluster): void {
  for (const { evaluator } of cluster.engines) evaluator.hold()
}

function releaseAll(cluster: PlayedCluster): void {
  for (const { evaluator } of cluster.engines) evaluator.release()
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

const square = (x: number) => x ** 2

function failOn(bad: number) {
  return new Function('x', `if (x === ${bad}) throw new RangeError('bad ' + x); return x`) as (
    x: number,
  ) => number
}

test('a call runs on one engine', () =>
  withView(async (cluster, view) => {
    const result = view.apply((a: number, b: number) => a - b, 5, 3)
    assert.equal(await cluster.run(result), 2)
    assert.equal(result.metadata.length, 1)
    assert.ok([0, 1].includes(result.metadata[0]!.engineId!))
  }))

test('a reference can be called, mapped, and kept as a function', () =>
  withView(async (cluster, view, rc) => {
    await cluster.run(rc.directView().push({ twice: (x: number) => x * 2 }))
    assert.equal(await cluster.run(view.apply(new Reference('twice'), 4)), 8)
    const twice = new Reference('twice')
    assert.deepEqual(await cluster.run(view.map<number>(twice, [1, 2, 3])), [2, 4, 6])
    const chunks = view.map<number>(twice, [1, 2, 3], { chunkSize: 2 })
    assert.deepEqual(await cluster.run(chunks), [2, 4, 6])
    assert.equal(await cluster.run(view.remote<number>(twice)(5)), 10)
  }))

test('one task is sent per item, or per chunk when a size is given', () =>
  withView(async (cluster, view) => {
    await cluster.run(view.map(square, range(10)))
    const calls = () => cluster.engines.reduce((sum, { evaluator }) => sum + evaluator.calls, 0)
    assert.equal(calls(), 10)
    assert.deepEqual(
      await cluster.run(view.map(square, range(10), { chunkSize: 4 })),
      range(10).map(square),
    )
    assert.equal(calls(), 13)
  }))

test('the function is taken as it is when the map begins, however late a chunk is sent', () =>
  withView(async (cluster, view) => {
    let encoded = 0
    const counted = Object.assign((x: number) => x + 1, {
      toString: () => {
        encoded++
        return '(x) => x + 1'
      },
    })
    const result = view.map(counted, range(100), { chunkSize: 2, outstandingMax: 3 })
    const before = encoded
    assert.deepEqual(
      await cluster.run(result),
      range(100).map((x) => x + 1),
    )
    assert.equal(encoded, before)
  }))

test('map takes sets, generators and async generators', () =>
  withView(async (cluster, view) => {
    async function* slow() {
      yield* range(5)
    }
    const expected = range(5).map(square)
    assert.deepEqual(await cluster.run(view.map(square, new Set(range(5)))), expected)
    assert.deepEqual(await cluster.run(view.map(square, range(5).values())), expected)
    assert.deepEqual(await cluster.run(view.map(square, slow())), expected)
    assert.deepEqual(await cluster.run(view.map(square, Float64Array.from(range(5)))), expected)
  }))

test('map over several sequences calls with one item of each', () =>
  withView(async (cluster, view) => {
    const add = (a: number, b: number) => a + b
    assert.deepEqual(await cluster.run(view.map(add, [1, 2, 3], [10, 20])), [11, 22])
    const chunked = view.map(add, [1, 2, 3], range(9), { chunkSize: 2 })
    assert.deepEqual(await cluster.run(chunked), [1, 3, 5])
  }))

test('map over nothing is an empty list at once', () =>
  withView(async (cluster, view) => {
    assert.deepEqual(await cluster.run(view.map(square, [])), [])
    assert.deepEqual(await cluster.run(view.map(square, range(0).values())), [])
  }))

test('iterating over a map gives results in order, as they come', () =>
  withView(async (cluster, view) => {
    const seen: number[] = []
    await cluster.run(
      (async () => {
        for await (const y of view.map(square, range(20))) seen.push(y)
      })(),
    )
    assert.deepEqual(seen, range(20).map(square))
  }))

test('a map over a list can be awaited and iterated over as often as one likes', () =>
  withView(async (cluster, view) => {
    const result = view.map(square, range(5))
    const all = await cluster.run(result)
    const seen: number[] = []
    for await (const y of result) seen.push(y)
    for await (const y of result) seen.push(y)
    assert.deepEqual(seen, [...all, ...all])
  }))

test('unordered iteration gives first what comes first', () =>
  withView(async (cluster, view) => {
    // The engine that came last gets the first item.
    cluster.engines[1]!.evaluator.hold()
    const result = view.map(square, range(6), { ordered: false })
    await cluster.clock.advance(50)
    const first = await cluster.run(result[Symbol.asyncIterator]().next())
    assert.notEqual(first.value, 0)
    releaseAll(cluster)
    assert.deepEqual(await cluster.run(result), range(6).map(square))
  }))

test('a list is not sent whole: no more tasks are under way than asked for', () =>
  withView(async (cluster, view, rc) => {
    holdAll(cluster)
    const result = view.map(square, range(100), { outstandingMax: 7 })
    await cluster.clock.advance(20)
    assert.equal(rc.outstanding, 7)
    releaseAll(cluster)
    assert.equal((await cluster.run(result)).length, 100)
  }))

test('a generator is read only as far ahead as results are taken', () =>
  withView(async (cluster, view) => {
    let read = 0
    function* forever() {
      for (;;) yield read++
    }
    const iterator = view.map(square, forever(), { outstandingMax: 5 })[Symbol.asyncIterator]()
    await cluster.clock.advance(100)
    assert.equal(read, 5)
    for (let i = 0; i < 3; i++) await cluster.run(iterator.next())
    await cluster.clock.advance(100)
    assert.equal(read, 8)
    await cluster.run(iterator.return!())
  }))

test('leaving the loop over an endless map ends it', () =>
  withView(async (cluster, view, rc) => {
    let isEnded = false
    function* forever() {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        isEnded = true
      }
    }
    await cluster.run(
      (async () => {
        for await (const y of view.map(square, forever())) if (y > 50) break
      })(),
    )
    await cluster.clock.advance(1_000)
    assert.ok(isEnded)
    assert.equal(rc.outstanding, 0)
  }))

test('results handed to a loop are not kept, which is said when they are asked for again', () =>
  withView(async (cluster, view) => {
    const result = view.map(square, range(3).values())
    await cluster.run(result[Symbol.asyncIterator]().next())
    await assert.rejects(async () => await result, /handed to a loop/)
  }))

test('imap keeps nothing, even over a list', () =>
  withView(async (cluster, view, rc) => {
    const results = view.imap(square, range(500), { outstandingMax: 10 })
    const seen: number[] = []
    await cluster.run(
      (async () => {
        for await (const y of results) {
          seen.push(y)
          assert.ok(rc.outstanding <= 10)
        }
      })(),
    )
    assert.deepEqual(seen, range(500).map(square))
  }))

test('imap begins with the loop: what nobody reads costs nothing', () =>
  withView(async (cluster, view, rc) => {
    let read = 0
    function* counted() {
      for (;;) yield read++
    }
    const unused = view.imap(square, counted())
    await cluster.run(unused.return())
    assert.deepEqual([read, rc.outstanding], [0, 0])
    const results = view.imap(square, counted(), { outstandingMax: 2 })
    assert.deepEqual(await cluster.run(results.next()), { value: 0, done: false })
    await cluster.run(results.return())
    assert.ok(read <= 4)
  }))

test('the first error ends a map, and what waits is aborted', () =>
  withView(async (cluster, view, rc) => {
    const result = view.map(failOn(3), range(1000), { outstandingMax: 10 })
    await assert.rejects(cluster.run(result), (error: unknown) => {
      assert.ok(error instanceof RemoteError)
      assert.equal(error.evalue, 'bad 3')
      return true
    })
    await cluster.clock.advance(1_000)
    assert.equal(rc.outstanding, 0)
    assert.ok(result.progress < 30, `${result.progress} items were worked on`)
  }))

test('iteration gives what came before the error, then throws it', () =>
  withView(async (cluster, view) => {
    const seen: number[] = []
    const loop = async () => {
      for await (const y of view.map(failOn(3), range(10))) seen.push(y)
    }
    await assert.rejects(cluster.run(loop()), RemoteError)
    assert.deepEqual(seen, [0, 1, 2])
  }))

test('a map that does not stop on errors tells all of them at the end', () =>
  withView(async (cluster, view) => {
    const result = view.map(failOn(3), [1, 3, 5, 3], { stopOnError: false })
    await assert.rejects(cluster.run(result), (error: unknown) => {
      assert.ok(error instanceof CompositeError)
      assert.equal(error.errors.length, 2)
      return true
    })
    assert.equal(result.progress, 4)
  }))

test('errors can take the place of their items', () =>
  withView(async (cluster, view) => {
    const result = view.map(failOn(3), [1, 3, 5], { returnExceptions: true })
    const [one, three, five]: unknown[] = await cluster.run(result)
    assert.deepEqual([one, five], [1, 5])
    assert.ok(three instanceof RemoteError)
  }))

test('an item that cannot travel ends the map, and the first one refuses it at once', () =>
  withView(async (cluster, view, rc) => {
    const bad = { code: 'IPAR_UNSERIALIZABLE' }
    const identity = (x: unknown) => x
    assert.throws(() => view.map(identity, [Promise.resolve()]), bad)
    const items = [...range(20), Promise.resolve()]
    await assert.rejects(cluster.run(view.map(identity, items, { outstandingMax: 5 })), bad)
    await cluster.clock.advance(1_000)
    assert.equal(rc.outstanding, 0)
  }))

test('what cannot travel points to the call that was to take it', () =>
  withView(async (cluster, view, rc) => {
    const identity = (x: unknown) => x
    const nested = (depth: number): unknown =>
      depth === 0 ? Promise.resolve() : [nested(depth - 1)]
    const pointsHere = ({ stack = '' }: Error) => {
      assert.match(stack, /^UnserializableError: args\[0\].* cannot travel/)
      assert.match(stack.split('\n')[1]!, /load-balanced-view\.test/)
      return true
    }
    assert.throws(() => view.apply(identity, nested(9)), pointsHere)
    assert.throws(() => view.map(identity, [nested(9)]), pointsHere)
    assert.throws(() => rc.directView().apply(identity, nested(9)), pointsHere)
    const late = view.map(identity, [...range(20), nested(9)], { outstandingMax: 5 })
    await assert.rejects(cluster.run(late), pointsHere)
  }))

test('an error of the generator itself ends the map', () =>
  withView(async (cluster, view) => {
    function* broken() {
      yield* range(20)
      throw new Error('the disk is gone')
    }
    for (const outstandingMax of [5, 100]) {
      const result = view.map(square, broken(), { outstandingMax })
      await assert.rejects(cluster.run(result), /what was mapped over failed: the disk is gone/)
    }
  }))

test('what is no sequence is refused', () =>
  withView(async (_cluster, view) => {
    assert.throws(() => view.map(square, 5 as unknown as number[]), /5 is nothing to map over/)
    assert.throws(
      () => view.map(square, null as unknown as number[]),
      /null is nothing to map over/,
    )
    assert.throws(() => view.map(square, [1], { chunkSize: 0 }), /chunkSize is a whole number/)
    for (const outstandingMax of [0, -1, Number.NaN]) {
      assert.throws(() => view.map(square, [1], { outstandingMax }), /outstandingMax is a number/)
    }
  }))

test('what is no function is refused, saying how functions of Python go', () =>
  withView(async (_cluster, view, rc) => {
    const nothing = undefined as unknown as () => void
    const name = 'math.sqrt' as unknown as (x: number) => number
    const direct = rc.directView()
    assert.throws(() => view.apply(nothing), /is a function, not undefined/)
    assert.throws(() => direct.apply(nothing), /is a function, not undefined/)
    assert.throws(() => view.apply(name, 2), /through call\('math\.sqrt', …\)/)
    assert.throws(() => direct.apply(name, 2), /through call\('math\.sqrt', …\)/)
    assert.throws(() => view.map(nothing, [1]), { code: 'IPAR_ARGUMENT' })
    assert.throws(() => direct.remote(nothing), { code: 'IPAR_ARGUMENT' })
  }))

test('a view shows which engines it is of', () =>
  withView(async (_cluster, view, rc) => {
    assert.equal(String(view), 'LoadBalancedView(all)')
    assert.equal(String(rc.loadBalancedView([0, 1])), 'LoadBalancedView([0,1])')
  }))

test('aborting a map gives up what has not started', () =>
  withView(async (cluster, view, rc) => {
    holdAll(cluster)
    const result = view.map(square, range(100), { outstandingMax: 10 })
    await cluster.clock.advance(10)
    await cluster.run(result.abort())
    await assert.rejects(cluster.run(result), TaskAbortedError)
    releaseAll(cluster)
    await cluster.clock.advance(100)
    assert.equal(rc.outstanding, 0)
    assert.ok(cluster.engines.every(({ evaluator }) => evaluator.calls <= 1))
  }))

test('a map that is aborted before all of it was sent ends at once', () =>
  withView(async (cluster, view) => {
    holdAll(cluster)
    const result = view.map(square, range(100), { outstandingMax: 7 })
    await cluster.clock.advance(20)
    const ending = assert.rejects(cluster.run(result), TaskAbortedError)
    await cluster.run(result.abort())
    releaseAll(cluster)
    await ending
  }))

test('a task that waits in the scheduler can be aborted', () =>
  withView(async (cluster, view) => {
    holdAll(cluster)
    const running = [view.apply(() => 1), view.apply(() => 2)]
    const waiting = view.apply(() => 3)
    await cluster.clock.advance(10)
    await cluster.run(waiting.abort())
    await assert.rejects(cluster.run(waiting), TaskAbortedError)
    releaseAll(cluster)
    assert.deepEqual(await cluster.run(Promise.all(running)), [1, 2])
  }))

test('a task starts after those that it is to follow in time', () =>
  withView(async (cluster, view, rc) => {
    await cluster.run(rc.directView().push({ log: [] }))
    cluster.engines[0]!.evaluator.hold()
    cluster.engines[1]!.evaluator.hold()
    const first = view.apply(() => 'first')
    const second = view.withFlags({ after: first }).apply(() => 'second')
    await cluster.clock.advance(100)
    assert.equal(
      cluster.engines.reduce((sum, { evaluator }) => sum + evaluator.calls, 0),
      3,
    )
    releaseAll(cluster)
    assert.equal(await cluster.run(second), 'second')
    const [done] = first.metadata
    const [later] = second.metadata
    assert.ok(later!.started!.getTime() >= done!.completed!.getTime())
  }))

test('a task that is to follow another runs on the same engine', () =>
  withView(async (cluster, view) => {
    const first = view.apply(() => 1)
    const followers = range(4).map(() => view.withFlags({ follow: first }).apply(() => 2))
    await cluster.run(Promise.all(followers))
    const engine = first.metadata[0]!.engineId
    for (const follower of followers) assert.equal(follower.metadata[0]!.engineId, engine)
  }))

test('a dependency on a task that failed can never be met', () =>
  withView(async (cluster, view) => {
    const failed = view.apply(failOn(1), 1)
    const dependent = view.withFlags({ after: failed }).apply(() => 1)
    await assert.rejects(cluster.run(dependent), ImpossibleDependencyError)
    await assert.rejects(cluster.run(failed), RemoteError)
    const afterFailure = new Dependency(failed, { success: false, failure: true })
    assert.equal(await cluster.run(view.withFlags({ after: afterFailure }).apply(() => 1)), 1)
  }))

test('a dependency on a task that nobody sent is invalid', () =>
  withView(async (cluster, view) => {
    const result = view.withFlags({ after: 'nonsense' }).apply(() => 1)
    await assert.rejects(cluster.run(result), InvalidDependencyError)
  }))

test('a task that waits longer than its time fails', () =>
  withView(async (cluster, view) => {
    holdAll(cluster)
    const running = [view.apply(() => 1), view.apply(() => 2)]
    const result = view.withFlags({ timeoutMs: 500 }).apply(() => 3)
    await assert.rejects(cluster.run(result), TaskTimeoutError)
    releaseAll(cluster)
    await cluster.run(Promise.all(running))
  }))

test('a task that fails is tried again as often as asked for', () =>
  withView(async (cluster, view) => {
    const result = view.withFlags({ retries: 2 }).apply(failOn(1), 1)
    await assert.rejects(cluster.run(result), RemoteError)
    assert.equal(
      cluster.engines.reduce((sum, { evaluator }) => sum + evaluator.calls, 0),
      3,
    )
  }))

test('targets bind tasks to some engines', () =>
  withView(async (cluster, _view, rc) => {
    const view = rc.loadBalancedView([1])
    await cluster.run(view.map(square, range(6)))
    assert.equal(cluster.engines[0]!.evaluator.calls, 0)
    assert.equal(cluster.engines[1]!.evaluator.calls, 6)
  }))

test('flags that make no sense are refused', () =>
  withView(async (_cluster, view) => {
    assert.throws(() => view.withFlags({ retries: -1 }), /retries is a whole number/)
    assert.throws(() => view.withFlags({ timeoutMs: Number.NaN }), /timeoutMs is a number/)
    assert.throws(() => new Dependency('a', { success: false }), /neither success nor failure/)
  }))

test('an executor takes work until it is shut down', () =>
  withView(async (cluster, _view, rc) => {
    const executor = rc.executor()
    const result = executor.submit(square, 4)
    await cluster.run(executor.shutdown())
    assert.ok(result.ready)
    assert.equal(await result, 16)
    assert.throws(() => executor.submit(square, 4), { code: 'IPAR_CLOSED' })
  }))
