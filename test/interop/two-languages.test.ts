import assert from 'node:assert/strict'
import { cpus, hostname } from 'node:os'
import { test } from 'node:test'
import {
  type Client,
  ImpossibleDependencyError,
  kwargs,
  NdArray,
  PythonObject,
  py,
  Reference,
  RemoteError,
  tuple,
  WrongLanguageError,
} from 'iparallel'
import { pythonWithIpyparallel7, pythonWithIpyparallel9 } from '../pythons.ts'
import { TwoLanguages } from './two-languages.ts'

const large = Float64Array.from({ length: 100_000 }, (_, i) => i / 7)
const matrix = new NdArray(Float64Array.of(2, 1, 1, 3), [2, 2])

/** What a client of ours does with engines of Python's and of our own, whoever controls them. */
const behaviours: Record<string, (rc: Client) => Promise<void>> = {
  async 'engines are known by their language'(rc) {
    const languages = rc.engines.map(({ language }) => language).sort()
    assert.deepEqual(languages, ['python', 'typescript'])
  },

  async 'Python code is executed, with its output and its value'(rc) {
    const result = await onePython(rc).execute(
      'import sys\nprint("hi")\nprint("!", file=sys.stderr)\n6 * 7',
    )
    assert.equal(result.text, '42')
    assert.equal(result.stdout, 'hi\n')
    assert.equal(result.stderr, '!\n')
  },

  async 'an error of Python code has its traceback'(rc) {
    const code = 'def divide(x):\n    return x / 0\ndivide(1)'
    const error = await failureOf(onePython(rc).execute(code))
    assert.equal(error.ename, 'ZeroDivisionError')
    assert.equal(error.evalue, 'division by zero')
    assert.match(error.stack!, /return x \/ 0/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
    assert.doesNotMatch(error.stack!, /\u001b\[/)
  },

  async 'values are pushed and pulled, each as the type that it has there'(rc) {
    const view = onePython(rc)
    const values = {
      none: null,
      nan: Number.NaN,
      big: 2n ** 70n,
      bytes: Uint8Array.of(1, 2),
      pair: tuple(1, 'é'),
      xs: Float64Array.of(1, 2, 3),
      large,
      matrix,
      record: { a: [1, { b: true }] },
    }
    assert.equal(await view.push(values), undefined)
    assert.deepEqual(await view.pull(Object.keys(values)), [
      ...Object.values({ ...values, pair: [1, 'é'] }),
    ])
    const types = await view.pull(
      '",".join(type(v).__name__ for v in (none, big, bytes, pair, xs, record))',
    )
    assert.equal(types, 'NoneType,int,bytes,tuple,ndarray,dict')
    assert.equal(
      await view.pull('float(large.sum())'),
      large.reduce((sum, x) => sum + x, 0),
    )
  },

  async 'what has no counterpart is known by its type'(rc) {
    const view = onePython(rc)
    const value = await view.pull('__import__("decimal").Decimal("1.5")')
    assert.ok(value instanceof PythonObject)
    assert.equal(value.type, 'decimal.Decimal')
    assert.equal(String(await view.apply(py('lambda: (lambda x: x)'))), '<function "<lambda>">')
  },

  async 'sequences are dealt out over both languages, and gathered'(rc) {
    const all = rc.directView()
    await all.scatter('part', large)
    assert.deepEqual(await all.gather('part'), large)
    await all.scatter('items', ['a', 'b', 'c'], { dist: 'roundRobin' })
    assert.deepEqual(await all.gather('items', { dist: 'roundRobin' }), ['a', 'b', 'c'])
    await all.scatter('rows', matrix)
    assert.deepEqual(await all.gather('rows'), matrix)
  },

  async 'whatever Python can import is called by its name'(rc) {
    const view = onePython(rc)
    const eigenvalues = await view.call<Float64Array>('numpy.linalg.eigvalsh', matrix)
    assert.ok(Math.abs(eigenvalues[0]! + eigenvalues[1]! - 5) < 1e-12)
    assert.deepEqual(
      await view.call('numpy.sum', matrix, kwargs({ axis: 0 })),
      Float64Array.of(3, 4),
    )
    assert.equal(
      await view.call('datetime.date.fromisoformat', '2024-01-02').then(String),
      '<datetime.date>',
    )
    assert.equal(await view.call('len', 'abc'), 3)
    await view.execute('def twice(x, times=2):\n    return x * times')
    assert.equal(await view.call('twice', 4, kwargs({ times: 3 })), 12)
    assert.equal(await view.call('twice', new Reference('len("ab")')), 4)
    const error = await failureOf(view.call('numpy.linalg.nothing'))
    assert.match(error.message, /AttributeError: module 'numpy.linalg' has no attribute 'nothing'/)
  },

  async 'source text of Python is called, mapped and passed'(rc) {
    const view = onePython(rc)
    assert.equal(await view.apply(py('lambda x, y=1: x * 2 + y'), 20), 41)
    assert.deepEqual(await view.map(py('lambda x: x + 1'), [1, 2, 3]), [2, 3, 4])
    assert.deepEqual(await view.map('operator.add', [1, 2], [3, 4]), [4, 6])
  },

  async 'the scheduler gives each task to an engine that speaks its language'(rc) {
    const view = rc.loadBalancedView()
    const ours = view.map((x: number) => x * 2, [1, 2, 3, 4])
    const theirs = view.map(py('lambda x: x * 3'), [1, 2, 3, 4])
    const roots = view.map<number>('math.sqrt', Float64Array.of(1, 4, 9), { chunkSize: 2 })
    assert.deepEqual(await ours, [2, 4, 6, 8])
    assert.deepEqual(await theirs, [3, 6, 9, 12])
    assert.deepEqual(await roots, [1, 2, 3])
    assert.equal(await view.call('math.hypot', 3, 4), 5)
  },

  async 'tasks of Python depend on each other, and are tried again'(rc) {
    const view = rc.loadBalancedView()
    const first = view.call<number>('os.getpid')
    const second = view.withFlags({ after: first, follow: first }).call<number>('os.getpid')
    assert.equal(await second, await first)
    const failing = view.call(py('lambda: 1 / 0'))
    assert.equal((await failureOf(failing)).ename, 'ZeroDivisionError')
    const blocked = view.withFlags({ after: failing }).call('os.getpid')
    await assert.rejects(Promise.resolve(blocked), ImpossibleDependencyError)
    const path = `__import__("pathlib").Path(__import__("tempfile").mkdtemp())`
    const once = `(lambda p: p.joinpath("a").exists() or (p.joinpath("a").touch(), 1 / 0))`
    await onePython(rc).execute(`first_time = ${path}`)
    if (isControllerOurs(rc)) {
      const again = view.withFlags({ retries: 1 }).call(py(once), new Reference('first_time'))
      assert.equal(await again, true)
    }
  },

  async 'functions in the other language are refused at once, naming it'(rc) {
    const python = onePython(rc)
    const ours = oneOfOurs(rc)
    assert.throws(() => python.apply((x: number) => x, 1), speaks('python'))
    assert.throws(() => ours.call('math.sqrt', 1), speaks('typescript'))
    assert.throws(() => ours.apply(py('lambda: 1')), speaks('typescript'))
  },

  async 'Python code that runs is interrupted'(rc) {
    const view = onePython(rc)
    const slow = view.execute('import time\nprint("go", flush=True)\nwhile True: time.sleep(0.05)')
    for await (const { text } of slow.streamOutput()) if (text.includes('go')) break
    await view.interrupt()
    assert.equal((await failureOf(slow)).ename, 'KeyboardInterrupt')
  },

  async 'results are asked for by their ids'(rc) {
    const sent = rc.loadBalancedView().call('math.sqrt', 81)
    await sent
    assert.equal(await rc.getResult(sent.msgIds[0]!), 9)
  },

  async 'what is broadcast arrives in each language'(rc) {
    const all = rc.broadcastView()
    await all.push({ everywhere: [1, 2] })
    assert.deepEqual(await all.pull('everywhere'), [
      [1, 2],
      [1, 2],
    ])
    assert.deepEqual(await rc.broadcastView({ language: 'python' }).call('math.sqrt', 4), [2])
  },

  async 'the namespaces of both are emptied'(rc) {
    const all = rc.directView()
    await all.push({ gone: 1 })
    await all.clear()
    assert.equal((await failureOf(onePython(rc).pull('gone'))).ename, 'NameError')
    assert.equal((await failureOf(oneOfOurs(rc).pull('gone'))).ename, 'ReferenceError')
  },

  async 'engines say who they are when they are asked, also while they work'(rc) {
    const busy = onePython(rc).execute('import time\ntime.sleep(1)')
    const engines = await rc.describeEngines({ timeoutMs: 20_000 })
    await busy
    for (const { id, language, ...facts } of engines) {
      const runtime = language === 'python' ? /^3\.\d+/ : /^v\d+/
      assert.match(facts.runtime!, runtime)
      assert.equal(facts.hostname, hostname())
      assert.equal(facts.cores, cpus().length)
      const pid = language === 'python' ? '__import__("os").getpid()' : 'process.pid'
      assert.equal(facts.pid, await rc.directView(id).pull(pid))
    }
    assert.equal(rc.engines, engines)
  },
}

function idOf(rc: Client, language: string): number {
  return rc.engines.find((engine) => engine.language === language)!.id
}

function onePython(rc: Client) {
  return rc.directView(idOf(rc, 'python'))
}

function oneOfOurs(rc: Client) {
  return rc.directView(idOf(rc, 'typescript'))
}

/** Python's scheduler never gives a task to an engine on which it failed; there is but one here. */
function isControllerOurs(rc: Client): boolean {
  // Python's passes on nothing that an engine tells of itself; nobody has been asked yet.
  return rc.engines.some(({ pid }) => pid !== undefined)
}

function speaks(language: string) {
  return (error: unknown) =>
    error instanceof WrongLanguageError && error.engineLanguage === language
}

async function failureOf(work: PromiseLike<unknown>): Promise<RemoteError> {
  try {
    await work
  } catch (error) {
    if (error instanceof RemoteError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** What a client of Python's gets from an engine of ours; see the script. */
const expectedByPython = {
  execute: 'ok',
  output: ['hi\n', 'err\n', '42'],
  'execute error': ['TypeError', "Cannot read properties of null (reading 'f')"],
  'push and pull': [1, 'é', [1, [2, 3]], { k: null }, 1.5, true, 2 ** 70, 'abc'],
  'by item': [
    [1, 2],
    [1, 2],
  ],
  'not there': ['ReferenceError', 'nope is not defined'],
  'arrays there': ['Float64Array', 'NdArray', [2, 3], 'bool', 300000],
  'arrays back': [true, true, true, 'float64'],
  'scatter and gather': [
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3],
  ],
  references: [5, 49, { color: 'red' }],
  map: [0, 1, 4, 9],
  'map in chunks': [0, 1, 4, 9],
  'Python function': ['WrongLanguageError', true],
  'Python function as value': ['WrongLanguageError', true],
  'function as result': ['UnserializableError', true],
  interrupted: ['KeyboardInterrupt', true],
  aborted: ['TaskAborted', true],
  'others of the queue': ['ok', 'ok'],
  'queue status': 0,
  'stays while it is busy': true,
  broadcast: [9, 9],
  cleared: ['ReferenceError', 'a is not defined'],
  'gone after shutdown': true,
}

for (const [name, { path, skip }] of [
  ['7', pythonWithIpyparallel7],
  ['9', pythonWithIpyparallel9],
] as const) {
  for (const controller of ['ours', "Python's"] as const) {
    const where = `ipyparallel ${name}, controller ${controller}`

    test(`${where}: both languages work in one cluster`, { skip }, async (context) => {
      const cluster = await TwoLanguages.start(context, path!, controller)
      {
        await using rc = await cluster.connect()
        for (const [title, check] of Object.entries(behaviours)) {
          await context.test(`${where}: ${title}`, () => check(rc))
        }
      }
      await context.test(`${where}: Python's client with an engine of ours`, async () => {
        // Longer than Python's controller, as it was started, waits for a heartbeat.
        const busyMs = controller === 'ours' ? '0' : '2500'
        const answers = await cluster.run('python-client-of-ours.py', busyMs)
        for (const [step, answer] of Object.entries(expectedByPython)) {
          assert.deepEqual(answers[step], answer, step)
        }
      })
    })
  }
}
