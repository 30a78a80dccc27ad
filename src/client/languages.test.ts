import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ApplyOutcome,
  type Evaluator,
  type ExecuteOutcome,
  noReflection,
} from '../engine/mod.ts'
import { kwargs, py, unpackPythonCall, writePythonValue } from '../pickle/mod.ts'
import { NdArray, Reference } from '../serialize/mod.ts'
import { type Client, RemoteError, WrongLanguageError } from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

/** Takes the calls that Python would, keeps them, and answers as its helpers do. */
class ToyPython implements Evaluator {
  readonly complete: Evaluator['complete'] = noReflection.complete
  readonly inspect: Evaluator['inspect'] = noReflection.inspect
  readonly isComplete: Evaluator['isComplete'] = noReflection.isComplete
  readonly history: Evaluator['history'] = noReflection.history
  readonly calls: { what: string; args: readonly unknown[]; keywords: unknown }[] = []
  readonly names = new Map<string, unknown>()

  async execute(): Promise<ExecuteOutcome> {
    return { status: 'ok', executionCount: 1, userExpressions: {} }
  }

  apply: Evaluator['apply'] = async ({ buffers }) => {
    const { callee, args, keywords } = unpackPythonCall(buffers)
    const what = 'helper' in callee ? callee.helper : Object.values(callee).join(' ')
    this.calls.push({ what, args, keywords })
    const answer = (value: unknown): ApplyOutcome => ({
      status: 'ok',
      buffers: writePythonValue(value),
    })
    if (what === 'push') {
      for (const [name, value] of Object.entries(keywords ?? {})) this.names.set(name, value)
      return answer(null)
    }
    if (what === 'pull') return answer(this.names.get(String(args[0])))
    if (what === 'map') return answer(Array.from(args[1] as Iterable<unknown>, () => 'mapped'))
    if (what === 'reference fail') {
      return { status: 'error', ename: 'ValueError', evalue: 'no', traceback: ['ValueError: no'] }
    }
    return answer([what, ...args])
  }

  async clear(): Promise<void> {}

  interrupt(): void {}
}

/** Engine 0 is ours, engines 1 and 2 are Python's: one says so, the other says nothing. */
async function withBoth(
  work: (cluster: PlayedCluster, rc: Client, pythons: readonly ToyPython[]) => Promise<void>,
): Promise<void> {
  const cluster = await PlayedCluster.start(1)
  const pythons = [new ToyPython(), new ToyPython()]
  await cluster.addEngine({ language: 'python' }, pythons[0])
  await cluster.addEngine({}, pythons[1])
  const rc = await cluster.connect()
  await work(cluster, rc, pythons)
  await cluster.stop()
}

test('each engine of a view gets values in its own form', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.directView()
    const xs = Float64Array.of(1, 2)
    assert.deepEqual(await cluster.run(view.push({ xs, n: null })), Array(3).fill(undefined))
    assert.deepEqual(pythons[1]!.calls[0]!.keywords, { xs, n: null })
    assert.deepEqual(await cluster.run(view.pull('xs')), [xs, xs, xs])
  }))

test('what is the same for engines of one language is encoded once', () =>
  withBoth(async (cluster, rc) => {
    let reads = 0
    const values = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => ++reads,
    }) as Record<string, unknown>
    const large = { inner: values }
    await cluster.run(rc.directView().push(large))
    assert.equal(reads, 2)
  }))

test('a sequence is dealt out to engines of both languages, and gathered from them', () =>
  withBoth(async (cluster, rc) => {
    const view = rc.directView()
    const xs = Float64Array.of(1, 2, 3, 4, 5)
    await cluster.run(view.scatter('part', xs))
    assert.deepEqual(await cluster.run(view.gather('part')), xs)
    const rows = new NdArray(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [4, 2])
    for (const dist of ['block', 'roundRobin'] as const) {
      await cluster.run(view.scatter('rows', rows, { dist }))
      assert.deepEqual(await cluster.run(view.gather('rows', { dist })), rows)
    }
  }))

test('an engine that has told nothing is asked who it is, and is found by that', () =>
  withBoth(async (cluster, rc) => {
    assert.equal(rc.engines[2]?.runtime, undefined)
    const asked = rc.describeEngines({ timeoutMs: 100 })
    const engines = await cluster.run(asked)
    assert.equal(engines, rc.engines)
    assert.equal(engines.length, 3)
    assert.deepEqual(rc.directView({ language: 'python' }).targets, [1, 2])
  }))

test('a reference is evaluated by each engine in its own language', () =>
  withBoth(async (cluster, rc) => {
    const result = rc.directView().apply(new Reference('String'), 7)
    assert.deepEqual(await cluster.run(result), [
      '7',
      ['reference String', 7],
      ['reference String', 7],
    ])
  }))

test('call names what Python imports, or what its namespace has, with arguments by name', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.directView(1)
    await cluster.run(view.call('numpy.sum', [1], kwargs({ axis: 0 })))
    assert.match(pythons[0]!.calls[0]!.what, /foreign Python's pkgutil\.resolve_name/)
    assert.deepEqual(pythons[0]!.calls[0]!.args, [[1]])
    assert.deepEqual(pythons[0]!.calls[0]!.keywords, { axis: 0 })
    assert.deepEqual(await cluster.run(view.call('f', 1)), ['reference f', 1])
    assert.deepEqual(await cluster.run(view.call(py('lambda: 1'))), ['reference lambda: 1'])
  }))

test('a map over Python engines sends the function and columns of items', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.directView({ language: 'python' })
    assert.deepEqual(await cluster.run(view.map(py('f'), [1, 2, 3])), Array(3).fill('mapped'))
    assert.deepEqual(
      pythons.map(({ calls }) => calls),
      [
        [{ what: 'map', args: [new Reference('f'), [1, 2]], keywords: undefined }],
        [{ what: 'map', args: [new Reference('f'), [3]], keywords: undefined }],
      ],
    )
  }))

test('an executor, and functions that are kept, call what Python has by name', () =>
  withBoth(async (cluster, rc) => {
    const pool = rc.executor()
    assert.deepEqual(await cluster.run(pool.submit(py('f'), 1)), ['reference f', 1])
    assert.deepEqual(await cluster.run(pool.call('g', 2)), ['reference g', 2])
    assert.deepEqual(await cluster.run(pool.submit((x: number) => x + 1, 1)), 2)
    const mapped: unknown[] = []
    const reading = (async () => {
      for await (const value of pool.map(py('f'), [1, 2])) mapped.push(value)
    })()
    await cluster.run(reading)
    assert.deepEqual(mapped, [
      ['reference f', 1],
      ['reference f', 2],
    ])
    const kept = rc.directView(1).remote('f')
    assert.deepEqual(await cluster.run(kept(3)), ['reference f', 3])
    assert.deepEqual(await cluster.run(rc.loadBalancedView().remote(py('g'))(4)), [
      'reference g',
      4,
    ])
    assert.throws(() => rc.directView(0).remote('f')(1), WrongLanguageError)
  }))

test('a broadcast to engines of both languages reaches each in its own', () =>
  withBoth(async (cluster, rc, pythons) => {
    await cluster.run(rc.broadcastView().push({ a: 1 }))
    assert.deepEqual(await cluster.run(rc.broadcastView().pull('a')), [1, 1, 1])
    await cluster.run(rc.broadcastView({ language: 'python' }).push({ a: 2 }))
    assert.deepEqual(
      pythons.map(({ names }) => names.get('a')),
      [2, 2],
    )
  }))

test('a task of either language only goes to engines that speak it', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.loadBalancedView()
    const ours = Array.from({ length: 6 }, (_, i) => view.apply((x: number) => x * 2, i))
    const theirs = Array.from({ length: 6 }, (_, i) => view.call('f', i))
    assert.deepEqual(await cluster.run(Promise.all(ours)), [0, 2, 4, 6, 8, 10])
    assert.deepEqual((await cluster.run(Promise.all(theirs)))[5], ['reference f', 5])
    assert.ok(ours.every(({ metadata }) => metadata[0]!.engineId === 0))
    assert.equal(
      pythons.reduce((sum, { calls }) => sum + calls.length, 0),
      6,
    )
  }))

test('a load-balanced map of Python goes item by item, or in chunks', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.loadBalancedView()
    assert.deepEqual(await cluster.run(view.map(py('f'), [1, 2])), [
      ['reference f', 1],
      ['reference f', 2],
    ])
    const chunked = view.map('f', [1, 2, 3], { chunkSize: 2 })
    assert.deepEqual(await cluster.run(chunked), Array(3).fill('mapped'))
    assert.ok(pythons.some(({ calls }) => calls.some(({ what }) => what === 'map')))
    const seen: unknown[] = []
    const collect = async () => {
      for await (const value of view.imap(py('f'), [1, 2])) seen.push(value)
    }
    await cluster.run(collect())
    assert.equal(seen.length, 2)
  }))

test('targets of a task are those among them that speak its language', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.loadBalancedView([0, 2])
    await cluster.run(Promise.all(Array.from({ length: 4 }, () => view.call('f'))))
    assert.deepEqual(
      pythons.map(({ calls }) => calls.length),
      [0, 4],
    )
    assert.throws(() => rc.loadBalancedView([0]).call('f'), /engine 0 speaks typescript/)
  }))

test('a plain reference goes to the language that all engines of the view speak', () =>
  withBoth(async (cluster, rc, pythons) => {
    const view = rc.loadBalancedView({ language: 'python' })
    await cluster.run(view.apply(new Reference('g'), 1))
    assert.equal(pythons.flatMap(({ calls }) => calls)[0]!.what, 'reference g')
    assert.equal(await cluster.run(rc.loadBalancedView().apply(new Reference('String'), 1)), '1')
  }))

test('a function is refused before it is sent when an engine cannot run it', () =>
  withBoth(async (_, rc, pythons) => {
    const square = (x: number) => x * x
    const refusals: [() => unknown, RegExp][] = [
      [
        () => rc.directView().apply(square, 1),
        /engine 1 speaks python.*TypeScript function square/,
      ],
      [() => rc.directView().map(square, [1]), /engine 1 speaks python/],
      [() => rc.loadBalancedView([1, 2]).apply(square, 1), /engine 1 speaks python/],
      [() => rc.directView().call('math.sqrt', 1), /engine 0 speaks typescript.*math\.sqrt/],
      [() => rc.directView().apply(py('f')), /engine 0 speaks typescript.*expression f/],
    ]
    for (const [send, message] of refusals) {
      assert.throws(
        send,
        (error) => error instanceof WrongLanguageError && message.test(error.message),
      )
    }
    assert.throws(() => rc.directView(0).apply(square, py('1') as never), /an expression of python/)
    assert.throws(() => rc.directView(0).apply(new Reference('f'), kwargs({})), /pass an object/)
    assert.deepEqual(
      pythons.flatMap(({ calls }) => calls),
      [],
    )
  }))

test('an engine of a third language gets source text only', () =>
  withBoth(async (cluster, rc) => {
    const { engine } = await cluster.addEngine({ language: 'julia' })
    await cluster.clock.advance(10)
    const view = rc.directView(engine.id)
    assert.throws(() => view.push({ a: 1 }), /typescript or python, not julia/)
    assert.equal((await cluster.run(view.execute('1'))).engineId, engine.id)
  }))

test('an error of Python comes with its traceback', () =>
  withBoth(async (cluster, rc) => {
    const error = await cluster.run(
      rc
        .directView(1)
        .call('fail')
        .then(
          () => assert.fail('it did not fail'),
          (thrown: unknown) => thrown,
        ),
    )
    assert.ok(error instanceof RemoteError)
    assert.equal(error.ename, 'ValueError')
    assert.match(error.stack!, /on engine 1:\n\s+ValueError: no/)
  }))

test('an engine of ours says its language in its uuid, for controllers that say nothing', () =>
  withBoth(async (cluster, rc) => {
    assert.match(cluster.engines[0]!.engine.uuid, /^typescript-[0-9a-f]{8}-[0-9a-f]{24}$/)
    assert.deepEqual(
      rc.engines.map(({ language }) => language),
      ['typescript', 'python', 'python'],
    )
  }))
