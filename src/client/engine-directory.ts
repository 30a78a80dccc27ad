import { ArgumentError } from '../base/mod.ts'
import { type EngineFacts, languageInUuid } from '../jupyter/mod.ts'
import { NoEnginesRegisteredError, NoSuchEngineError } from './errors.ts'

/** A registered engine: who it is, and what it told of itself. */
export interface EngineDescription extends EngineFacts {
  readonly id: number
  readonly uuid: string
  /** `python` for engines that do not say, neither by their facts nor by their uuid. */
  readonly language: string
}

/**
 * Which engines a view means: all that are registered when it is used, one, some, or those of a
 * kind. A negative id counts from the end of the list of ids: -1 is the last.
 */
export type Targets = 'all' | number | readonly number[] | EngineFilter

/**
 * Engines whose facts are as given. Python engines, and all engines of a controller of Python's, tell
 * their host only when they are asked: see `Client.describeEngines`.
 */
export interface EngineFilter {
  readonly language?: string
  readonly hostname?: string
}

/** The engines that the client knows of, by id and by uuid. */
export class EngineDirectory {
  readonly #byId = new Map<number, EngineDescription>()
  readonly #byUuid = new Map<string, EngineDescription>()
  #sorted: readonly EngineDescription[] | undefined
  #languages: ReadonlySet<string> | undefined

  get size(): number {
    return this.#byId.size
  }

  /** In the order of their ids. */
  get all(): readonly EngineDescription[] {
    this.#sorted ??= Object.freeze([...this.#byId.values()].sort((a, b) => a.id - b.id))
    return this.#sorted
  }

  /** What they speak, all together. */
  get languages(): ReadonlySet<string> {
    this.#languages ??= new Set(this.all.map((engine) => engine.language))
    return this.#languages
  }

  get ids(): number[] {
    return this.all.map((engine) => engine.id)
  }

  byUuid(uuid: string): EngineDescription | undefined {
    return this.#byUuid.get(uuid)
  }

  /** False when it was known already. */
  add(id: number, uuid: string, facts: EngineFacts): boolean {
    if (this.#byUuid.get(uuid)?.id === id) return false
    const language = languageInUuid(uuid) ?? 'python'
    const previous = this.#byId.get(id)
    if (previous !== undefined) this.#byUuid.delete(previous.uuid)
    this.#set({ language, ...facts, id, uuid })
    return true
  }

  /** Adds to what is known of an engine; what was known stays. */
  describe(uuid: string, facts: EngineFacts): void {
    const known = this.#byUuid.get(uuid)
    if (known !== undefined) this.#set({ ...facts, ...known })
  }

  remove(uuid: string): EngineDescription | undefined {
    const engine = this.#byUuid.get(uuid)
    if (engine === undefined) return undefined
    this.#byUuid.delete(uuid)
    this.#byId.delete(engine.id)
    this.#sorted = undefined
    this.#languages = undefined
    return engine
  }

  /**
   * The engines that are meant, in the order asked for.
   * @throws {NoEnginesRegisteredError} when it would be none.
   * @throws {NoSuchEngineError} for an id that is not registered.
   * @throws {ArgumentError} for what names no engines at all.
   */
  resolve(targets: Targets): readonly EngineDescription[] {
    if (this.size === 0) throw new NoEnginesRegisteredError()
    if (targets === 'all') return this.all
    if (typeof targets === 'number') return [this.#one(targets)]
    if (Array.isArray(targets)) {
      const ids: readonly unknown[] = targets
      if (ids.length === 0) throw new ArgumentError('the list of engines is empty')
      if (new Set(ids).size < ids.length) {
        throw new ArgumentError(`the list of engines names one twice: ${ids.join(', ')}`)
      }
      return ids.map((id) => this.#one(id))
    }
    if (typeof targets === 'object' && targets !== null)
      return this.#matching(targets as EngineFilter)
    throw new ArgumentError(
      `${String(targets)} names no engines: give 'all', an id, or a list of ids`,
    )
  }

  #set(engine: EngineDescription): void {
    Object.freeze(engine)
    this.#byId.set(engine.id, engine)
    this.#byUuid.set(engine.uuid, engine)
    this.#sorted = undefined
    this.#languages = undefined
  }

  #one(id: unknown): EngineDescription {
    if (!Number.isSafeInteger(id)) {
      throw new ArgumentError(`${String(id)} is not an engine's id, which is a whole number`)
    }
    const wanted = id as number
    const engine = wanted < 0 ? this.all.at(wanted) : this.#byId.get(wanted)
    if (engine === undefined) throw new NoSuchEngineError(wanted, this.ids)
    return engine
  }

  #matching(filter: EngineFilter): readonly EngineDescription[] {
    const { language, hostname, ...others } = filter
    const [other] = Object.keys(others)
    // A cell is not checked: options that were meant for the view would choose all engines.
    if (other !== undefined) {
      throw new ArgumentError(
        `engines are chosen by 'language' and 'hostname', not by '${other}'; ` +
          'what is to hold for the tasks of a view stands after its engines',
      )
    }
    const found = this.all.filter(
      (engine) =>
        (language === undefined || engine.language === language) &&
        (hostname === undefined || engine.hostname === hostname),
    )
    if (found.length > 0) return found
    const wanted = [language && `language ${language}`, hostname && `host ${hostname}`]
    throw new ArgumentError(
      `none of the ${this.size} registered engines has ${wanted.filter(Boolean).join(' and ')}`,
    )
  }
}
