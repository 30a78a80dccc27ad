import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IparallelError } from '../base/mod.ts'
import { type Client, CompositeError, type OutputPiece, TimeoutError } from './mod.ts'
import { PlayedCluster } from './played-cluster.test.ts'

async function withClient(
  work: (cluster: PlayedCluster, rc: Client) => Promise<void>,
): Promise<void> {
  const cluster = await PlayedCluster.start(2)
  const rc = await cluster.connect()
  await work(cluster, rc)
  await cluster.stop()
}

const fail = () => {
  throw new RangeError('no')
}

test('a result knows whether it is ready and whether all went well', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView().apply(() => 1)
    assert.equal(result.ready, false)
    assert.throws(() => result.successful, TimeoutError)
    await cluster.run(result)
    assert.equal(result.ready, true)
    assert.equal(result.successful, true)
    const bad = rc.directView().apply(fail)
    await cluster.run(bad.wait())
    assert.equal(bad.successful, false)
  }))

test('iteration gives the engines one after the other', () =>
  withClient(async (cluster, rc) => {
    cluster.engines[1]!.evaluator.hold()
    const result = rc.directView().apply(() => 1)
    const iterator = result[Symbol.asyncIterator]()
    assert.deepEqual(await cluster.run(iterator.next()), { value: 1, done: false })
    assert.equal(result.progress, 1)
    cluster.engines[1]!.evaluator.release()
    assert.deepEqual(await cluster.run(iterator.next()), { value: 1, done: false })
    assert.deepEqual(await cluster.run(iterator.next()), { value: undefined, done: true })
  }))

test('progress is told for each engine', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView().apply(() => 1)
    const told: number[] = []
    result.onProgress(({ done, total }) => told.push(done, total!))
    await cluster.run(result)
    assert.deepEqual(told, [1, 2, 2, 2])
  }))

test('progress can be iterated over until the result is there', () =>
  withClient(async (cluster, rc) => {
    const result = rc.loadBalancedView().map((x) => x, [1, 2, 3])
    let last = { done: -1, total: undefined as number | undefined }
    await cluster.run(
      (async () => {
        for await (const progress of result.progressUpdates()) last = progress
      })(),
    )
    assert.deepEqual(last, { done: 3, total: 3 })
  }))

test('who is slow to take the progress still hears of the end', () =>
  withClient(async (cluster, rc) => {
    const result = rc.loadBalancedView().map((x) => x, [1, 2, 3])
    const updates = result.progressUpdates()
    await cluster.run(updates.next())
    await cluster.run(result)
    assert.deepEqual(await cluster.run(updates.next()), {
      value: { done: 3, total: 3 },
      done: false,
    })
    assert.equal((await cluster.run(updates.next())).done, true)
  }))

test('an answer that cannot be put together rejects', () =>
  withClient(async (cluster, rc) => {
    await cluster.run(rc.directView().push({ a: [1] }))
    const wrong = { dist: 'neither' as 'block' }
    await assert.rejects(cluster.run(rc.directView().gather('a', wrong)), /no distribution/)
  }))

test('waiting too long says so and lets the work go on', () =>
  withClient(async (cluster, rc) => {
    cluster.engines[0]!.evaluator.hold()
    const result = rc.directView(0).apply(() => 1)
    assert.equal(await cluster.run(result.wait({ timeoutMs: 100 })), false)
    await assert.rejects(cluster.run(result.get({ timeoutMs: 100 })), TimeoutError)
    cluster.engines[0]!.evaluator.release()
    assert.equal(await cluster.run(result.get({ timeoutMs: 100 })), 1)
  }))

test('waiting can be given up by a signal', () =>
  withClient(async (cluster, rc) => {
    cluster.engines[0]!.evaluator.hold()
    const result = rc.directView(0).apply(() => 1)
    const controller = new AbortController()
    const waiting = result.get({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(cluster.run(waiting), /enough/)
    assert.throws(() => controller.signal.throwIfAborted())
    await assert.rejects(result.wait({ signal: controller.signal }), /enough/)
    cluster.engines[0]!.evaluator.release()
    await cluster.run(result)
  }))

test('errors can be asked for instead of thrown', () =>
  withClient(async (cluster, rc) => {
    await cluster.run(rc.directView().scatter('n', [0, 1], { flatten: true }))
    const result = rc.directView().execute("if (n === 1) throw new Error('one')")
    const all = await cluster.run(result.get({ returnExceptions: true }))
    assert.equal(all.length, 2)
    assert.ok(!(all[0] instanceof Error))
    assert.ok(IparallelError.is(all[1]))
  }))

test('a result that fails and that nobody awaits harms nothing, and tells when asked later', () =>
  withClient(async (cluster, rc) => {
    const rejections: unknown[] = []
    const listener = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', listener)
    const looked = rc.directView(0).apply(fail)
    const neglected = rc.directView(1).apply(fail)
    await assert.rejects(cluster.run(looked), /RangeError: no/)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listener)
    assert.deepEqual(rejections, [])
    await assert.rejects(async () => await neglected, /RangeError: no/)
  }))

test('metadata tells who ran the task and when', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView().apply(() => 1)
    assert.equal(result.metadata[0]!.status, 'pending')
    await cluster.run(result)
    const [first, second] = result.metadata
    assert.deepEqual([first!.engineId, second!.engineId], [0, 1])
    assert.equal(first!.engineUuid, rc.engines[0]!.uuid)
    assert.equal(first!.status, 'ok')
    assert.ok(first!.submitted <= first!.started!)
    assert.ok(first!.started! <= first!.completed!)
    assert.ok(first!.completed! <= first!.received!)
    assert.equal(result.msgIds.length, 2)
    assert.ok(result.elapsedMs >= result.wallTimeMs && result.serialTimeMs >= 0)
  }))

test('what engines print is complete when the result is there', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView().execute("print('out\\n'); warn('err\\n')")
    await cluster.run(result)
    assert.equal(result.stdout, 'out\nout\n')
    assert.equal(result.stderr, 'err\nerr\n')
    assert.equal(result.metadata[1]!.stdout, 'out\n')
  }))

test('what engines print is shown at once, with their numbers', () =>
  withClient(async (cluster, rc) => {
    await cluster.run(rc.directView(1).execute("print('hello\\n')"))
    assert.deepEqual(cluster.output.shown, [['stdout', '[stdout:1] hello\n']])
  }))

test('a client can keep output to itself', () =>
  withClient(async (cluster) => {
    const rc = await cluster.connect({ showOutput: false })
    const result = rc.directView(0).execute("print('hello\\n')")
    await cluster.run(result)
    // The other client of this cluster does not show it either: it is not its own.
    assert.deepEqual(cluster.output.shown, [])
    assert.equal(result.stdout, 'hello\n')
  }))

test('output can be streamed while the work goes on', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView(0).execute("print('a\\n'); warn('b\\n')")
    const pieces: OutputPiece[] = []
    await cluster.run(
      (async () => {
        for await (const piece of result.streamOutput()) pieces.push(piece)
      })(),
    )
    assert.deepEqual(pieces, [
      { engineId: 0, stream: 'stdout', text: 'a\n' },
      { engineId: 0, stream: 'stderr', text: 'b\n' },
    ])
  }))

test('streaming a result that is there gives what was printed', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView(0).execute("print('a\\n')")
    await cluster.run(result)
    const pieces: string[] = []
    for await (const piece of result.streamOutput()) pieces.push(piece.text)
    assert.deepEqual(pieces, ['a\n'])
  }))

test('a listener that throws does not harm the result', () =>
  withClient(async (cluster, rc) => {
    const result = rc.directView(0).apply(() => 1)
    result.onProgress(() => {
      throw new Error('listener')
    })
    assert.equal(await cluster.run(result), 1)
  }))

test('several engines that fail reject with one error for all', () =>
  withClient(async (cluster, rc) => {
    await assert.rejects(cluster.run(rc.directView().apply(fail)), CompositeError)
  }))

test('nothing of a finished task is kept by the client', () =>
  withClient(async (cluster, rc) => {
    await cluster.run(rc.loadBalancedView().map((x) => x, new Array(50).fill(1)))
    assert.equal(rc.outstanding, 0)
  }))
