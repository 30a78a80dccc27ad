import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reference } from '../serialize/mod.ts'
import {
  CompositeError,
  NoEnginesRegisteredError,
  NoSuchEngineError,
  RemoteError,
  TaskAbortedError,
} from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

async function withClient(
  engines: number,
  work: (
    cluster: PlayedCluster,
    rc: Awaited<ReturnType<PlayedCluster['connect']>>,
  ) => Promise<void>,
): Promise<void> {
  const cluster = await PlayedCluster.start(engines)
  const rc = await cluster.connect()
  await work(cluster, rc)
  await cluster.stop()
}

test('a view of one engine by its id gives one result, a view of a list gives a list', () =>
  withClient(2, async (cluster, rc) => {
    assert.equal(await cluster.run(rc.directView(1).apply(() => 7)), 7)
    assert.deepEqual(await cluster.run(rc.directView([1]).apply(() => 7)), [7])
  }))

test('negative ids count from the end', () =>
  withClient(3, async (_cluster, rc) => {
    assert.deepEqual(rc.directView(-1).targets, [2])
    assert.deepEqual(rc.directView([-1, 0]).targets, [2, 0])
  }))

test('an id that is not registered is refused with those that are', () =>
  withClient(2, async (_cluster, rc) => {
    assert.throws(() => rc.directView(5), { name: 'NoSuchEngineError', engineId: 5 })
    assert.throws(() => rc.directView([0, 7]), NoSuchEngineError)
  }))

test('ids that are no whole numbers are refused', () =>
  withClient(1, async (_cluster, rc) => {
    assert.throws(() => rc.directView(0.5), /0\.5 is not an engine's id/)
    assert.throws(() => rc.directView(['0'] as unknown as number[]), /0 is not an engine's id/)
    assert.throws(() => rc.directView([]), /list of engines is empty/)
    assert.throws(() => rc.directView([0, 0]), /names one twice/)
  }))

test('a view of all means those that there are when it is used', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView()
    assert.equal(view.length, 1)
    await cluster.addEngine()
    assert.deepEqual(await cluster.run(view.apply(() => 1)), [1, 1])
  }))

test('with no engine registered a call is refused at once', () =>
  withClient(0, async (_cluster, rc) => {
    assert.throws(() => rc.directView().apply(() => 1), NoEnginesRegisteredError)
  }))

test('engines of a language or host can be chosen', () =>
  withClient(1, async (cluster, rc) => {
    await cluster.addEngine({ language: 'python', hostname: 'b' })
    assert.deepEqual(rc.directView({ language: 'typescript' }).targets, [0])
    assert.deepEqual(rc.directView({ hostname: 'b' }).targets, [1])
    assert.throws(() => rc.directView({ language: 'julia' }).targets, /language julia/)
  }))

test('options of a view that stand in the place of its engines are refused', () =>
  withClient(1, async (_cluster, rc) => {
    const inCell = { retries: 3 } as object
    assert.throws(() => rc.loadBalancedView(inCell).apply(() => 1), {
      code: 'IPAR_ARGUMENT',
      message: /by 'language' and 'hostname', not by 'retries'; .* after its engines/,
    })
  }))

test('a function of ours is not sent to an engine of another language', () =>
  withClient(0, async (cluster, rc) => {
    await cluster.addEngine({ language: 'python' })
    assert.throws(() => rc.directView().apply(() => 1), /engine 0 speaks python/)
  }))

test('execute runs a cell on each engine and shows what it displayed', () =>
  withClient(2, async (cluster, rc) => {
    const results = await cluster.run(
      rc.directView().execute("print('hello\\n'); display('picture'); 6 * 7"),
    )
    assert.deepEqual(results.map(String), ['picture\nOut[0:1]: 42', 'picture\nOut[1:1]: 42'])
    assert.deepEqual(
      results.map((result) => result.text),
      ['42', '42'],
    )
    assert.equal(results[0]?.stdout, 'hello\n')
  }))

test('a silent cell shows no value', () =>
  withClient(1, async (cluster, rc) => {
    const result = await cluster.run(rc.directView(0).execute('6 * 7', { silent: true }))
    assert.equal(result.text, undefined)
  }))

test('run executes the text of a local file', () =>
  withClient(1, async (cluster, rc) => {
    const result = await cluster.run(rc.directView(0).run('a.ts'))
    assert.equal(result.text, 'text of a.ts')
  }))

test('a variable that is not there is a remote error', () =>
  withClient(1, async (cluster, rc) => {
    await assert.rejects(cluster.run(rc.directView(0).pull('nothing')), {
      name: 'RemoteError',
      ename: 'ReferenceError',
      engineId: 0,
      method: 'apply',
    })
  }))

test('the cause of a remote error is the error as it was thrown', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView(0)
    const error = await cluster.run(
      view
        .apply(() => {
          throw Object.assign(new RangeError('too far'), { by: 3 })
        })
        .catch((thrown: unknown) => thrown),
    )
    assert.ok(error instanceof RemoteError)
    assert.deepEqual((error.cause as { by: number }).by, 3)
    assert.match(error.stack!, /direct-view\.test/)
    assert.match(error.stack!, /on engine 0:/)
  }))

test('failures of several engines come together, those that went well left out', () =>
  withClient(3, async (cluster, rc) => {
    await cluster.run(rc.directView().scatter('n', [0, 1, 2], { flatten: true }))
    const error = await cluster.run(
      rc
        .directView()
        .execute("if (n > 0) throw new Error('n is ' + n)")
        .catch((thrown: unknown) => thrown),
    )
    assert.ok(error instanceof CompositeError)
    assert.deepEqual(
      error.errors.map((one) => (one as RemoteError).engineId),
      [1, 2],
    )
  }))

test('a reference is evaluated on the engine, as argument and as function', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView(0)
    await cluster.run(view.push({ a: 5, twice: (x: number) => x * 2 }))
    assert.equal(await cluster.run(view.apply((x: number) => x + 1, new Reference('a'))), 6)
    assert.equal(await cluster.run(view.apply(new Reference('twice'), 4)), 8)
  }))

test('scatter deals out in blocks and gather joins them', () =>
  withClient(2, async (cluster, rc) => {
    const view = rc.directView()
    await cluster.run(view.scatter('part', [1, 2, 3]))
    assert.deepEqual(await cluster.run(view.pull('part')), [[1, 2], [3]])
    assert.deepEqual(await cluster.run(view.gather('part')), [1, 2, 3])
  }))

test('a typed array that was dealt out in turns comes back as it was', () =>
  withClient(2, async (cluster, rc) => {
    const view = rc.directView()
    const whole = Float64Array.from({ length: 1001 }, (_, i) => i / 3)
    await cluster.run(view.scatter('part', whole, { dist: 'roundRobin' }))
    assert.deepEqual(await cluster.run(view.gather('part', { dist: 'roundRobin' })), whole)
  }))

test('flatten gives each engine one element', () =>
  withClient(2, async (cluster, rc) => {
    const view = rc.directView()
    await cluster.run(view.scatter('eid', rc.ids, { flatten: true }))
    assert.deepEqual(await cluster.run(view.pull('eid')), [0, 1])
    assert.deepEqual(await cluster.run(view.gather('eid')), [0, 1])
  }))

test('map sends each engine one block and joins the results', () =>
  withClient(2, async (cluster, rc) => {
    const result = rc.directView().map((x) => x + 1, [1, 2, 3])
    assert.deepEqual(await cluster.run(result), [2, 3, 4])
    assert.deepEqual(
      cluster.engines.map(({ evaluator }) => evaluator.calls),
      [1, 1],
    )
  }))

test('map over several sequences ends with the shortest', () =>
  withClient(2, async (cluster, rc) => {
    const sums = rc.directView().map((a, b) => a + b, [1, 2, 3], new Set([10, 20]))
    assert.deepEqual(await cluster.run(sums), [11, 22])
  }))

test('map over nothing is an empty list', () =>
  withClient(2, async (cluster, rc) => {
    assert.deepEqual(await cluster.run(rc.directView().map((x) => x, [])), [])
  }))

test('a remote function runs wherever its view is', () =>
  withClient(2, async (cluster, rc) => {
    const add = rc.directView().remote((a: number, b: number) => a + b)
    assert.deepEqual(await cluster.run(add(1, 2)), [3, 3])
  }))

test('what waits at an engine can be aborted, what runs there goes on', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView(0)
    const { evaluator } = cluster.engines[0]!
    evaluator.hold()
    const running = view.apply(() => 'ran')
    const waiting = view.apply(() => 'never')
    await cluster.clock.advance(10)
    await cluster.run(waiting.abort())
    evaluator.release()
    assert.equal(await cluster.run(running), 'ran')
    await assert.rejects(cluster.run(waiting), TaskAbortedError)
  }))

test('an interrupt makes what runs fail', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView(0)
    const result = view.apply(new Reference('interrupted'))
    await cluster.clock.advance(10)
    await cluster.run(view.interrupt())
    await assert.rejects(cluster.run(result), { ename: 'KeyboardInterrupt' })
  }))

test('clear empties the namespace', () =>
  withClient(1, async (cluster, rc) => {
    const view = rc.directView(0)
    await cluster.run(view.push({ a: 1 }))
    await cluster.run(view.clear())
    await assert.rejects(cluster.run(view.pull('a')), { ename: 'ReferenceError' })
  }))

test('what cannot travel is refused before anything is sent', () =>
  withClient(1, async (cluster, rc) => {
    assert.throws(() => rc.directView().push({ p: Promise.resolve() }), {
      code: 'IPAR_UNSERIALIZABLE',
    })
    assert.equal(rc.outstanding, 0)
    assert.equal(cluster.engines[0]!.evaluator.calls, 0)
  }))

test('a broadcast reaches each engine and brings each result', () =>
  withClient(3, async (cluster, rc) => {
    const view = rc.broadcastView()
    await cluster.run(view.push({ a: Float64Array.from({ length: 500 }, () => 1) }))
    assert.deepEqual(await cluster.run(view.apply(() => 5)), [5, 5, 5])
    assert.equal((await cluster.run(view.gather<Float64Array>('a'))).length, 1500)
    assert.equal(rc.outstanding, 0)
  }))

test('everything that an engine shows can be heard of as it comes, and who is done', () =>
  withClient(2, async (cluster, rc) => {
    const result = rc.directView().execute("print('a'); display('picture'); 6 * 7")
    const heard: (readonly unknown[])[] = []
    result.onOutput((event) => {
      const { type, engineId } = event
      if (type === 'stream') heard.push([engineId, type, event.text])
      else if (type === 'display' || type === 'result') {
        heard.push([engineId, type, event.data['text/plain']])
      } else if (type === 'settled') heard.push([engineId, type, event.task.status])
    })
    await cluster.run(result)
    for (const id of [0, 1]) {
      assert.deepEqual(
        heard.filter(([engineId]) => engineId === id).map(([, ...what]) => what),
        [
          ['stream', 'a'],
          ['display', 'picture'],
          ['result', '42'],
          ['settled', 'ok'],
        ],
      )
    }
  }))

test('who has stopped to listen to output hears nothing more', () =>
  withClient(1, async (cluster, rc) => {
    const result = rc.directView(0).execute('1')
    let count = 0
    const end = result.onOutput(() => count++)
    end()
    await cluster.run(result)
    assert.equal(count, 0)
  }))

test('what a cell prints that nobody is to see is in its result only', () =>
  withClient(1, async (cluster, rc) => {
    const quiet = rc.directView(0).execute("print('hello')", { showOutput: false })
    assert.equal((await cluster.run(quiet)).stdout, 'hello')
    assert.deepEqual(cluster.output.shown, [])
  }))

test('engines are asked about code, positions in UTF-16 units', () =>
  withClient(2, async (cluster, rc) => {
    const [{ evaluator }] = cluster.engines as [(typeof cluster.engines)[number]]
    let asked = 0
    Object.assign(evaluator, {
      complete: async ({ cursorPos }: { cursorPos: number }) => {
        asked = cursorPos
        return { matches: ['abc'], cursorStart: 4, cursorEnd: cursorPos, metadata: {} }
      },
    })
    const one = await cluster.run(rc.directView(0).complete('"🚀";ab'))
    assert.equal(asked, 7)
    assert.deepEqual([one.matches, one.start, one.end], [['abc'], 4, 7])
    const all = await cluster.run(rc.directView().complete('x'))
    assert.deepEqual(
      all.map(({ matches }) => matches.length),
      [1, 0],
    )
    const { found } = await cluster.run(rc.directView(1).inspect('x'))
    assert.equal(found, false)
    assert.equal((await cluster.run(rc.directView(1).isComplete('x'))).status, 'unknown')
    assert.deepEqual(await cluster.run(rc.directView(1).history()), [])
  }))
