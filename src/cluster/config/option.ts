/** The commands that take options; the subcommands of ipcluster count one by one. */
export type Command = 'controller' | 'engine' | 'start' | 'engines' | 'stop' | 'list' | 'clean'

/** A program with a configuration file of its own: `ipengine_config.toml`. */
export type App = 'ipcluster' | 'ipcontroller' | 'ipengine'

/** What a configuration can hold, after it was checked. */
export type OptionValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | Readonly<Record<string, string>>

/** What a value must be; `placeholder` stands for it in the help. */
export type OptionKind =
  | { readonly type: 'text'; readonly placeholder: string }
  | { readonly type: 'flag' }
  | { readonly type: 'integer' | 'number'; readonly min: number; readonly max?: number }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  /** 0–50, or one of Python's names for them. */
  | { readonly type: 'level' }
  | { readonly type: 'texts' }
  /** Port numbers; written as a list, or as text: `10101-10120,10130`. */
  | { readonly type: 'ports' }
  | { readonly type: 'environment' }

/** One row of the table that help, templates, validation and `--show-config` are made from. */
export interface Option {
  /** Python's name: `IPController.ip`. */
  readonly key: `${string}.${string}`
  readonly kind: OptionKind
  /** Absent when it is found out at run time; `defaultText` then says how. */
  readonly default?: OptionValue
  readonly defaultText?: string
  /** What to show in the template where there is no default. */
  readonly example?: OptionValue
  /** One line. */
  readonly explain: string
  readonly commands: readonly Command[]
  /** `--ip`, `-n`. The first long one stands in the help. */
  readonly flags?: readonly string[]
  /** Flags that stand for one value each; null takes back what a file says. */
  readonly shortcuts?: Readonly<Record<string, OptionValue | null>>
  /** The environment variable that sets it. */
  readonly env?: string
  /** Python has it and we do not: `ignored` is harmless and warned of, `unsupported` refused. */
  readonly support?: 'ignored' | 'unsupported'
  /** Single values that Python has and we do not, and why. */
  readonly missing?: Readonly<Record<string, string>>
  /** Why it is not supported. */
  readonly reason?: string
}

const apps: Readonly<Record<Command, App>> = {
  controller: 'ipcontroller',
  engine: 'ipengine',
  start: 'ipcluster',
  engines: 'ipcluster',
  stop: 'ipcluster',
  list: 'ipcluster',
  clean: 'ipcluster',
}

/** The program whose configuration file a command reads. */
export function appOf(command: Command): App {
  return apps[command]
}
