import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { limits } from '../base/mod.ts'
import type { TaskMetadata } from '../jupyter/mod.ts'
import { Driver, noWishes } from './driver.test.ts'
import type { Scheme } from './mod.ts'

/** Which earlier tasks, by their position, modulo their number. */
interface Dependence {
  readonly how: 'after' | 'follow'
  readonly which: readonly number[]
  readonly all: boolean
  readonly success: boolean
}

type Step =
  | { readonly do: 'submit'; readonly wishes: TaskMetadata; readonly on: Dependence }
  | { readonly do: 'join'; readonly language: string }
  | { readonly do: 'leave'; readonly which: number }
  | {
      readonly do: 'answer'
      readonly which: number
      readonly how: 'done' | 'failed' | 'unmet' | 'aborted'
      readonly runMs: number
    }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }

const engineNames = Array.from({ length: 5 }, (_, i) => `e${i}`)
const language = fc.constantFrom(undefined, 'python', 'typescript')

const wishes: fc.Arbitrary<TaskMetadata> = fc.record({
  after: fc.constant(undefined),
  follow: fc.constant(undefined),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined, freq: 4 }),
  targets: fc.option(fc.subarray(engineNames.slice(0, 3), { minLength: 1 }), {
    nil: undefined,
    freq: 3,
  }),
  retries: fc.nat(3),
  language,
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      wishes: fc.oneof(
        { weight: 2, arbitrary: fc.constant(noWishes) },
        { weight: 3, arbitrary: wishes },
      ),
      on: fc.record({
        how: fc.constantFrom('after' as const, 'follow' as const),
        which: fc.array(fc.nat(), { maxLength: 2 }),
        all: fc.boolean(),
        success: fc.boolean(),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      language: fc.constantFrom('python', 'typescript'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat() }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.nat(),
      how: fc.constantFrom('done' as const, 'done', 'failed', 'unmet', 'aborted'),
      runMs: fc.constantFrom(0.01, 2, 1_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1_000)),
    }),
  },
)

/** Watches a scheduler and says at every step whether it kept its promises. */
class Witness {
  readonly driver: Driver
  readonly #highWaterMark: number
  readonly #engines = new Map<string, { language: string; running: Set<string> }>()
  readonly #tasks = new Map<string, TaskMetadata>()
  readonly #runs = new Map<string, string>()
  readonly #waiting = new Set<string>()
  readonly #unmet = new Map<string, Set<string>>()
  readonly #tried = new Set<string>()
  readonly #begun = new Set<string>()
  readonly #recalled = new Set<string>()
  readonly #stuck = new Set<string>()
  #seen = 0

  constructor(scheme: Scheme, highWaterMark: number) {
    this.driver = new Driver({ scheme, highWaterMark })
    this.#highWaterMark = highWaterMark === 0 ? Number.POSITIVE_INFINITY : highWaterMark
  }

  get running(): [task: string, engine: string][] {
    return [...this.#runs]
  }

  get waiting(): readonly string[] {
    return [...this.#waiting]
  }

  speaks(language: string): boolean {
    return [...this.#engines.values()].some((engine) => engine.language === language)
  }

  take(step: Step): void {
    switch (step.do) {
      case 'submit':
        this.#submit(step.wishes, step.on)
        break
      case 'join':
        this.join(engineNames.find((name) => !this.#engines.has(name)) ?? '', step.language)
        break
      case 'leave': {
        const names = [...this.#engines.keys()]
        if (names.length > 0) this.#leave(names[step.which % names.length]!)
        break
      }
      case 'answer': {
        const [task, engine] = this.running[step.which % Math.max(1, this.#runs.size)] ?? []
        if (task !== undefined && engine !== undefined) {
          this.answer(task, engine, this.#recalled.has(task) ? 'returned' : step.how, step.runMs)
        }
        break
      }
      case 'abort': {
        const id = [...this.#tasks.keys()][step.which % Math.max(1, this.#tasks.size)]
        if (id !== undefined) this.driver.abort(id)
        break
      }
      case 'wait':
        this.driver.wait(step.ms)
        break
    }
    this.#watch()
  }

  join(name: string, spoken: string): void {
    if (name === '' || this.#engines.has(name)) return
    this.#engines.set(name, { language: spoken, running: new Set() })
    this.driver.join(name, spoken, spoken === 'typescript')
    this.#watch()
  }

  answer(
    task: string,
    engine: string,
    how: 'done' | 'failed' | 'unmet' | 'aborted' | 'returned',
    runMs?: number,
  ): void {
    this.#recalled.delete(task)
    this.#engines.get(engine)!.running.delete(task)
    this.#runs.delete(task)
    this.#waiting.add(task)
    if (how === 'unmet') {
      const unmet = this.#unmet.get(task) ?? new Set()
      this.#unmet.set(task, unmet.add(engine))
    }
    const isIdle = this.#engines.get(engine)!.running.size === 0
    if ((how !== 'aborted' && how !== 'returned') || isIdle) this.#stuck.delete(engine)
    if (how === 'done') this.driver.done(task, engine, runMs)
    else this.driver[how](task, engine)
    this.#watch()
  }

  #submit(plain: TaskMetadata, on: Dependence): void {
    const known = [...this.#tasks.keys()]
    const ids = known.length === 0 ? [] : on.which.map((i) => known[i % known.length]!)
    const { all, success } = on
    const dependency = ids.length === 0 ? undefined : { ids, all, success, failure: !success }
    const wishes = { ...plain, [on.how]: dependency }
    const id = `t${this.#tasks.size}`
    this.#tasks.set(id, wishes)
    this.#waiting.add(id)
    this.driver.submit(id, wishes)
  }

  #leave(name: string): void {
    for (const task of this.#engines.get(name)!.running) {
      this.#runs.delete(task)
      this.#waiting.add(task)
    }
    this.#engines.delete(name)
    this.#stuck.delete(name)
    this.driver.leave(name)
  }

  #watch(): void {
    const { effects } = this.driver
    for (; this.#seen < effects.length; this.#seen++) {
      const effect = effects[this.#seen]!
      const { id } = effect.order
      if (effect.type === 'unassign-task') continue
      if (effect.type === 'recall-task') {
        assert.equal(this.#runs.get(id), effect.engine, `${id} is recalled from where it is`)
        this.#recalled.add(id)
        this.#stuck.add(effect.engine)
        continue
      }
      assert.ok(this.#waiting.delete(id), `${id} ${effect.type} while it did not wait`)
      if (effect.type === 'run-task') this.#mayRun(id, effect.engine, effect.again)
    }
    this.#nobodyIdles()
  }

  #mayRun(id: string, name: string, again: boolean): void {
    const wishes = this.#tasks.get(id)!
    const engine = this.#engines.get(name)
    assert.ok(engine, `${id} runs on ${name}, which is not there`)
    const ahead = engine.language === 'typescript' ? limits.aheadTasksMax : 0
    assert.ok(engine.running.size < this.#highWaterMark + ahead, `${name} has too much to do`)
    assert.ok(!this.#stuck.has(name), `${name} is stuck and gets more`)
    assert.ok(wishes.targets?.includes(name) ?? true, `${name} is no target of ${id}`)
    assert.ok(wishes.language === undefined || wishes.language === engine.language)
    assert.ok(!this.#unmet.get(id)?.has(name), `${name} does not meet the needs of ${id}`)
    const attempt = `${id} ${name}`
    assert.equal(again, this.#tried.has(attempt), `${attempt}: again`)
    this.#tried.add(attempt)
    this.#begun.add(id)
    engine.running.add(id)
    this.#runs.set(id, name)
  }

  /** A plain task waits only while all engines that it may go to are busy; the oldest goes first. */
  #nobodyIdles(): void {
    for (const id of this.#waiting) {
      const { after, follow, targets, language } = this.#tasks.get(id)!
      if (
        after !== undefined ||
        follow !== undefined ||
        targets !== undefined ||
        language === undefined
      )
        continue
      if (this.#begun.has(id)) continue
      for (const [name, engine] of this.#engines) {
        if (this.#stuck.has(name)) continue
        const isIdle = engine.language === language && engine.running.size < this.#highWaterMark
        assert.ok(!isIdle, `${id} waits although an engine has room`)
      }
    }
  }
}

const schemes = ['leastload', 'lru', 'plainrandom', 'weighted', 'twobin', 'pure'] as const

for (const scheme of schemes) {
  test(`${scheme}: whatever happens, every task ends exactly once and no promise is broken`, () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 160, size: 'max' }),
        fc.constantFrom(0, 1, 2),
        (steps, highWaterMark) => {
          const witness = new Witness(scheme, scheme === 'pure' ? 0 : highWaterMark)
          for (const step of steps) witness.take(step)
          for (const language of ['python', 'typescript']) {
            if (!witness.speaks(language)) witness.join(`last-${language}`, language)
          }
          while (witness.running.length > 0) {
            for (const [task, engine] of witness.running) witness.answer(task, engine, 'done')
          }
          assert.deepEqual(witness.waiting, [], 'tasks that never end')
          assert.equal(witness.driver.scheduler.size, 0)
          witness.driver.wait(limits.stuckEngineMs)
          assert.equal(witness.driver.scheduler.nextDeadlineMs, undefined)
        },
      ),
      { numRuns: 100, includeErrorInReport: true },
    )
  })
}

test('tasks without wishes start in the order of their submission, however many engines there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.boolean(), { maxLength: 200 }),
      (engines, submits) => {
        const driver = new Driver()
        for (let i = 0; i < engines; i++) driver.join(`e${i}`)
        const started: number[] = []
        const running: [string, string][] = []
        let submitted = 0
        const note = (from: number) => {
          for (const effect of driver.effects.slice(from)) {
            if (effect.type !== 'run-task') continue
            started.push(Number(effect.order.id))
            running.push([effect.order.id, effect.engine])
          }
        }
        for (const submit of submits) {
          const from = driver.effects.length
          const oldest = submit ? undefined : running.shift()
          if (oldest === undefined) driver.submit(`${submitted++}`)
          else driver.done(...oldest)
          note(from)
        }
        assert.deepEqual(
          started,
          started.toSorted((a, b) => a - b),
        )
      },
    ),
  )
})
