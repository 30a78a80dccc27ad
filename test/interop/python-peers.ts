import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type RunningController, startController } from 'iparallel/controller'
import type { PythonPeer } from '../pythons.ts'
import { type PythonClient, PythonPeers } from './python-cluster.ts'

const engines = 4

/** Names of scenarios of `python_client.py` with what must come of them, in this order. */
type Scenario = readonly [title: string, name: string, expected: unknown]

const each = (value: unknown): unknown[] => Array.from({ length: engines }, () => value)

const views: readonly Scenario[] = [
  [
    'engines register with the ids that they are told',
    'ids',
    { ids: [0, 1, 2, 3], 'as engines know them': [0, 1, 2, 3] },
  ],
  [
    'a direct view calls functions, with arguments and data',
    'apply',
    { lambda: each(42), one: 'one', reference: each(8), bytes: each(100_000) },
  ],
  ['arrays go there and back', 'numpy', { equal: true, gathered: true }],
  [
    'names are pushed, pulled, scattered and gathered',
    'namespace',
    {
      pull: each([7, 'text']),
      item: [1, 2],
      gather: [0, 1, 2, 3, 4, 5, 6, 7],
      missing: 'NameError',
    },
  ],
  [
    'code is executed, and shows what it shows',
    'execute',
    { stdout: 'out\n', stderr: 'err\n', result: '42', displayed: ["'shown'"], status: 'ok' },
  ],
  [
    'failures say what, where and on which engine',
    'failures',
    {
      one: {
        ename: 'ZeroDivisionError',
        evalue: 'division by zero',
        traceback: true,
        engine: true,
      },
      all: ['ZeroDivisionError'],
    },
  ],
  ['a direct view maps', 'direct_map', [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]],
  [
    'a load-balanced view maps: in order, in chunks, unordered, lazily',
    'balanced',
    {
      map: Array.from({ length: 20 }, (_, i) => i * i),
      chunks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      unordered: [-5, -4, -3, -2, -1, 0],
      imap: [0, 3, 6, 9, 12, 15],
    },
  ],
  ['tasks run on their targets only', 'targets', true],
  ['no engine idles while tasks wait', 'every_engine_gets_work', engines],
  [
    'after and follow: all and any, success and failure, unknown and unreachable',
    'after_and_follow',
    {
      'same engine': true,
      either: 'either',
      mended: 'mended',
      hopeless: 'ImpossibleDependency',
      unknown: 'InvalidDependency',
    },
  ],
  [
    'functional dependencies find their engine, and fail where there is none (T1)',
    'functional_dependencies',
    {
      'finds its engine': true,
      required: '[1]',
      'unmet everywhere': 'ImpossibleDependency',
      'unmet on all targets': 'ImpossibleDependency',
    },
  ],
  [
    'retries end, also when there are more than engines (T2), and leave nothing behind (T9)',
    'retries',
    {
      'more than engines': 'ZeroDivisionError',
      again: 2,
      once: 'ZeroDivisionError',
      'left over': 0,
    },
  ],
  ['a task that waits too long times out', 'timeout', 'TaskTimeout'],
  ['tasks that waited for one another run in the order of submission (T4)', 'order', 'abcdef'],
]

const control: readonly Scenario[] = [
  [
    'abort reaches tasks in the queue of an engine and of the scheduler',
    'abort',
    { slow: 'slow', queued: ['TaskAborted', 'TaskAborted'], waiting: 'TaskAborted' },
  ],
  ['clear empties the namespace', 'clear', 'NameError'],
  ['a signal interrupts what runs', 'signal', ['KeyboardInterrupt', true]],
  [
    'a broadcast comes back from each engine',
    'broadcast',
    {
      apply: each(2),
      order: true,
      pull: each(5),
      failure: ['ZeroDivisionError'],
      executed: each(1),
    },
  ],
  [
    'a coalesced broadcast comes back in the order of engines, and with its failures (T5)',
    'coalesced',
    {
      order: true,
      large: each(5_000),
      'all fail': 'ZeroDivisionError',
      'first fails': 'ValueError',
      'last fails': 'ValueError',
      'none fails': each(1),
    },
  ],
]

const fields =
  'client_uuid completed content engine_uuid error execute_input execute_result header label ' +
  'metadata msg_id queue received resubmitted result_content result_header result_metadata ' +
  'started stderr stdout submitted'

const hub: readonly Scenario[] = [
  [
    'the queue status counts and names the tasks of each engine',
    'queue_status',
    {
      verbose: true,
      keys: ['0', '1', '2', '3', 'unassigned'],
      'of a view': 0,
      unknown: 'IndexError',
    },
  ],
  ['the history is in the order of submission', 'history', true],
  [
    'records are queried in the whole language (T6)',
    'db_query',
    {
      equal: 'a',
      in: 'ab',
      nin: 'b',
      ne: 'b',
      gt: 'b',
      gte: 'ab',
      lt: 'a',
      lte: 'ab',
      between: 'a',
      exists: 'ab',
      'exists not': '',
      null: 'ab',
      'two terms': 'a',
      'other engine': 'b',
      'wrong queue': '',
      all: '',
      mod: ['no failure', []],
      'unknown operator': 'KeyError',
      'unknown field': 'KeyError',
      'unknown key': 'KeyError',
      stdout: 'hello\n',
      fields: fields.split(' '),
      dates: true,
      buffers: [5_000, 5_000],
    },
  ],
  [
    'another client fetches results, with their output and failures',
    'results_for_others',
    {
      pending: true,
      theirs: 'for all',
      completed: true,
      full: ['completed', 'pending'],
      stdout: 'out\n',
      missing: 'KeyError',
      failed: 'ZeroDivisionError',
    },
  ],
  ['a task is submitted again', 'resubmit', { value: [42], recorded: true, missing: 'KeyError' }],
  [
    'results are purged by id, by engine (T6) and all; running tasks stay',
    'purge',
    {
      before: 'abc',
      'by id': 'ac',
      pending: 'IndexError',
      'by engine': 'c',
      all: '',
      'running stays': true,
    },
  ],
  [
    'output comes to the client that asked',
    'iopub',
    { each: [0, 1, 2, 3].map((id) => `from ${id}\n`), balanced: 'balanced\n' },
  ],
  ['published data arrive', 'datapub', { step: 3 }],
  [
    'becoming a dask cluster is refused with the reason',
    'dask',
    ['NotImplementedError', 'this controller runs on Node.js and cannot become a dask cluster'],
  ],
]

const comingAndGoing: readonly Scenario[] = [
  ['a silent engine goes, and comes back under its id', 'heart_stops', 'it is back'],
  ['a task whose engine dies is tried on another one', 'retry_elsewhere', 'elsewhere'],
]

/** What Python's own clients and engines do, on a controller of ours, as one test each. */
export function checkPythonPeers(
  peer: PythonPeer,
  { taskStore, hasLabels }: { taskStore: 'memory' | 'sqlite'; hasLabels: boolean },
): void {
  let peers: PythonPeers
  let controller: RunningController
  let client: PythonClient

  before(async () => {
    if (peer.path === undefined) return
    peers = new PythonPeers(peer.path)
    const { clientFile, engineFile } = peers
    controller = await startController({
      clientFile,
      engineFile,
      logLevel: 40,
      taskStore,
      taskFile: join(peers.dir, 'tasks.db'),
      // A stopped engine is noticed after three seconds.
      heartbeatPeriodMs: 250,
      heartbeatMissesMax: 12,
    })
    peers.startEngines(engines)
    client = await peers.connect(engines)
  })

  after(async () => {
    await peers?.close()
    await controller?.close()
  })

  const options = { skip: peer.skip }
  for (const [title, name, expected] of [...views, ...control, ...hub, ...comingAndGoing]) {
    test(title, options, async () => assert.deepEqual(await client.does(name), expected))
  }

  if (hasLabels) {
    test('labels go with tasks and into their records', options, async () => {
      const expected = { metadata: 'mine', found: ['mine'], none: [] }
      assert.deepEqual(await client.does('label'), expected)
    })
  }

  test('an engine joins under a new id, never one that was given before', options, async () => {
    peers.startEngines(1)
    assert.equal(await client.does('engine_joins', engines), 'here')
  })

  test('an engine gets the id that it asks for, unless another one has it', options, async () => {
    peers.startEngines(1, '--IPEngine.id=9')
    assert.equal(await client.does('engine_joins', 9), 'here')
    peers.startEngines(1, '--IPEngine.id=9')
    assert.equal(await client.does('engine_joins', 10), 'here')
    await client.does('engine_shut_down', 9)
    await client.does('engine_shut_down', 10)
  })

  test('a second engine of the same name is sent away', options, async () => {
    const name = await client.does('name_of', 0)
    const [engine] = peers.startEngines(1, `--Session.session=${name}`, '--IPEngine.timeout=1')
    const [code] = (await once(engine!, 'exit')) as [number]
    assert.notEqual(code, 0)
    assert.equal(await client.does('name_of', 0), name)
  })

  test('engines shut down, and are not listed any more (T15)', options, async () => {
    const ids = (await client.does('engine_shut_down', engines)) as number[]
    assert.ok(!ids.includes(engines))
  })

  test('the death of an engine ends its tasks at once (T13)', options, async () => {
    assert.deepEqual(await client.does('task_engine_dies'), ['EngineError', true, true])
    assert.deepEqual(await client.does('direct_engine_dies'), ['EngineError', 'EngineError'])
  })

  test('no result comes that the client did not ask for (T16)', options, () => {
    assert.deepEqual(client.complaints, [])
  })

  test('a client shuts everything down', options, async () => {
    assert.equal(await client.does('hub_shut_down'), 'told')
    assert.equal(await controller.ended, 'shutdown-requested')
  })
}
