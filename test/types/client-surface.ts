/** Compiled, never run: what the client's methods infer, and what they refuse. */
import type {
  AsyncMapResult,
  AsyncResult,
  Client,
  DirectView,
  ExecuteResult,
  IparallelError,
  LoadBalancedView,
  PythonTuple,
} from 'iparallel'
import { kwargs, NdArray, py, Reference, tuple } from 'iparallel'

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only when the value has exactly the type `Expected`. */
function exactly<Expected>() {
  return <Actual>(
    _value: Actual,
    ..._same: Equal<Actual, Expected> extends true ? [] : [never]
  ) => {}
}

export async function directViews(rc: Client): Promise<void> {
  exactly<DirectView<'many'>>()(rc.directView())
  exactly<DirectView<'many'>>()(rc.directView([0, 2]))
  exactly<DirectView<'many'>>()(rc.directView({ language: 'python' }))
  exactly<DirectView<'one'>>()(rc.directView(1))
  const either = rc.directView(rc.length > 1 ? 'all' : 0)
  exactly<number | number[]>()(await either.apply(() => 1))
  exactly<number | number[]>()(await rc.activate(0).apply(() => 1))
  // @ts-expect-error an id is a number
  rc.directView('1')
}

export async function applyToMany(view: DirectView): Promise<void> {
  exactly<number[]>()(await view.apply((n: number) => n * 2, 21))
  exactly<string[]>()(await view.apply(async () => 'later'))
  exactly<number[]>()(await view.apply((a: number, b?: number) => a + (b ?? 2), 1))
  exactly<number[]>()(await view.apply((n: number) => n, new Reference('n')))
  exactly<unknown[]>()(await view.apply(new Reference('f'), 1, 'a'))
  exactly<number[]>()(await view.apply<number>(new Reference('f')))
  for await (const one of view.apply(() => 1n)) exactly<bigint>()(one)
  // @ts-expect-error the function takes a number
  view.apply((n: number) => n, 'a')
  // @ts-expect-error an argument is missing
  view.apply((n: number) => n)
  // @ts-expect-error there is one argument too many
  view.apply((n: number) => n, 1, 2)
}

export async function applyToOne(view: DirectView<'one'>): Promise<void> {
  exactly<AsyncResult<number>>()(view.apply((n: number) => n * 2, 21))
  exactly<number>()(await view.apply((n: number) => n * 2, 21))
  exactly<ExecuteResult>()(await view.execute('1 + 1'))
  exactly<void>()(await view.push({ a: 1 }))
  exactly<unknown>()(await view.pull('a'))
  exactly<{ a: number }>()(await view.pull<{ a: number }>('a'))
  exactly<[number, string]>()(await view.pull<[number, string]>(['a', 'b']))
  const add = view.remote((a: number, b: number) => a + b)
  exactly<number>()(await add(1, 2))
  // @ts-expect-error the function takes numbers
  add('1', 2)
}

export async function moveData(view: DirectView): Promise<void> {
  exactly<ExecuteResult[]>()(await view.execute('1 + 1'))
  exactly<number[]>()(await view.pull<number>('a'))
  exactly<unknown[]>()(await view.pull('a'))
  await view.scatter('a', Float64Array.of(1), { flatten: true })
  exactly<Float64Array>()(await view.gather<Float64Array>('a'))
  exactly<AsyncMapResult<number>>()(view.map((x) => x + 1, [1, 2]))
  // @ts-expect-error what is pushed has names
  view.push('a')
  // @ts-expect-error there is no such distribution
  view.scatter('a', [1], { dist: 'x' })
}

export async function mapWithErrors(rc: Client, flag: boolean): Promise<void> {
  const root = (x: number): number => Math.sqrt(x)
  const kept = { returnExceptions: true } as const
  exactly<(number | IparallelError)[]>()(await rc.directView().map(root, [1], kept))
  const view = rc.loadBalancedView()
  exactly<(number | IparallelError)[]>()(
    await view.map(root, [1], { chunkSize: 2, returnExceptions: true }),
  )
  exactly<(number | IparallelError)[]>()(await view.map(root, [1], { returnExceptions: flag }))
  exactly<number[]>()(await view.map(root, [1], { returnExceptions: false }))
  exactly<number[]>()(await view.map(root, [1], { chunkSize: 2 }))
  for await (const y of view.imap(root, [1], kept)) exactly<number | IparallelError>()(y)
  for await (const y of rc.executor().map(root, [1])) exactly<number>()(y)
  // @ts-expect-error there is no such option
  view.map(root, [1], { chunksize: 2 })
}

export async function mapBalanced(view: LoadBalancedView): Promise<void> {
  exactly<number[]>()(await view.map((x) => x ** 2, [1, 2, 3, 4]))
  exactly<string[]>()(await view.map(async (x) => x.trim(), new Set([' a '])))
  exactly<number[]>()(await view.map((x: number) => x, Float64Array.of(1), { chunkSize: 10 }))
  exactly<string[]>()(await view.map((x, y) => y.repeat(x), [1, 2], ['a', 'b']))
  exactly<number[]>()(await view.map((a, b, c) => a + b + c, [1], [2], [3], { ordered: false }))
  async function* later(): AsyncGenerator<number> {
    yield 1
  }
  for await (const y of view.map((x) => x > 1, later())) exactly<boolean>()(y)
  for await (const y of view.imap((x) => x > 1, later())) exactly<boolean>()(y)
  exactly<AsyncResult<number>>()(view.withFlags({ retries: 3 }).apply(() => 1))
  // @ts-expect-error the items are no strings
  view.map((x: string) => x, [1])
  // @ts-expect-error there is no such option
  view.map((x) => x, [1], { chunksize: 10 })
  // @ts-expect-error there is no such flag
  view.withFlags({ retry: 3 })
}

export async function results(result: AsyncResult<number[], number>): Promise<void> {
  exactly<number[]>()(await result)
  exactly<number[]>()(await result.get({ timeoutMs: 5 }))
  const first = (await result.get({ returnExceptions: true }))[0]
  if (typeof first === 'number') exactly<number>()(first)
  exactly<boolean>()(await result.wait({ timeoutMs: 5 }))
  exactly<number[] | 'none'>()(await result.catch(() => 'none' as const))
  exactly<number>()((await Promise.all([result, 1]))[1])
  // @ts-expect-error results are made by views
  result.source
}

export async function callsOfPython(rc: Client): Promise<void> {
  const one = rc.directView(1)
  exactly<unknown>()(await one.call('math.sqrt', 2))
  exactly<number>()(await one.call<number>('numpy.sum', [1, 2], kwargs({ axis: 0 })))
  exactly<number[]>()(await rc.directView().call<number>(py('lambda x: x'), 1))
  exactly<unknown>()(await one.apply(py('f'), 1))
  exactly<AsyncMapResult<unknown>>()(one.map('math.sqrt', [1, 2]))
  exactly<AsyncMapResult<number>>()(one.map<number>(py('f'), [1, 2], { returnExceptions: true }))
  const view = rc.loadBalancedView()
  exactly<AsyncResult<number>>()(view.call<number>('len', 'abc'))
  exactly<AsyncMapResult<number>>()(view.map<number>('f', [1], [2], { chunkSize: 10 }))
  for await (const value of view.imap<string>(py('str'), [1])) exactly<string>()(value)
  exactly<AsyncMapResult<number>>()(view.map<number>(new Reference('f'), [1], { chunkSize: 2 }))
  exactly<(...args: unknown[]) => AsyncResult<number>>()(view.remote<number>('math.sqrt'))
  exactly<(...args: unknown[]) => AsyncResult<number>>()(one.remote<number>(py('f')))
  exactly<number[]>()(await rc.directView().remote<number>(new Reference('f'))(1))
  const pool = rc.executor({ language: 'python' })
  exactly<AsyncResult<number>>()(pool.submit<number>(py('f'), 1))
  exactly<AsyncResult<number>>()(pool.submit((x: number) => x, 1))
  exactly<AsyncResult<number>>()(pool.call<number>('math.sqrt', 2))
  for await (const value of pool.map<number>('math.sqrt', [1])) exactly<number>()(value)
  for await (const value of pool.map((x) => x > 1, [1])) exactly<boolean>()(value)
  // @ts-expect-error the function takes a number
  pool.submit((x: number) => x, 'a')
  // @ts-expect-error a function of ours is applied
  one.call((x: number) => x, 1)
}

export function arrays(): void {
  const matrix = new NdArray(Float32Array.of(1, 2), [1, 2])
  exactly<NdArray<Float32Array<ArrayBuffer>>>()(matrix)
  exactly<readonly number[]>()(matrix.shape)
  exactly<NdArray<Float64Array>>()(NdArray.from([[1], [2]]))
  exactly<PythonTuple<[number, string]>>()(tuple(1, 'a'))
}
