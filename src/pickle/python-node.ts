/**
 * What the opcodes of a pickle build: Python's values, before they are made JavaScript's. Lists are
 * arrays, dicts are maps, bytes are byte arrays.
 */
export type PythonNode =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PythonNode[]
  | Map<PythonNode, PythonNode>
  | Set<PythonNode>
  | TupleNode
  | GlobalNode
  | ObjectNode

export class TupleNode {
  readonly items: PythonNode[]

  constructor(items: PythonNode[]) {
    this.items = items
  }
}

/** Something that Python would import: a class or a function. It is never looked up. */
export class GlobalNode {
  readonly module: string
  readonly name: string

  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }

  /** `datetime.datetime` */
  get path(): string {
    return `${this.module}.${this.name}`
  }
}

/** Modules that had, or will have, another name. */
const modulesToday: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['exceptions', 'builtins'],
  ['copy_reg', 'copyreg'],
])

/** The name that a module has in Python 3; NumPy's own modules are named as in NumPy 1. */
export function moduleToday(module: string): string {
  if (module === 'numpy._core' || module.startsWith('numpy._core.')) {
    return `numpy.core${module.slice('numpy._core'.length)}`
  }
  return modulesToday.get(module) ?? module
}

/** What Python would get by calling something, and by filling what it gave. */
export class ObjectNode {
  /** The class or function; undefined where it is no global. */
  readonly callee: GlobalNode | undefined
  readonly args: readonly PythonNode[]
  readonly keywords: PythonNode | undefined
  state: PythonNode | undefined
  /** What was appended or added to it. */
  items: PythonNode[] | undefined
  /** What was set by key in it. */
  entries: Map<PythonNode, PythonNode> | undefined

  constructor(
    callee: GlobalNode | undefined,
    args: readonly PythonNode[],
    keywords?: PythonNode | undefined,
  ) {
    this.callee = callee
    this.args = args
    this.keywords = keywords
  }

  /** The attributes that it was given: the first half of a state with slots, too. */
  attribute(name: string): PythonNode | undefined {
    const { state } = this
    const dict = state instanceof TupleNode ? state.items[0] : state
    return dict instanceof Map ? dict.get(name) : undefined
  }
}
