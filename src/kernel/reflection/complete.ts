import { limits } from '../../base/mod.ts'
import type { CompleteOutcome, CursorRequest } from '../../engine/mod.ts'
import type { Namespace } from '../namespace.ts'
import { chainBefore, ownerEnd } from './access-chain.ts'
import { completeMagic, type MagicNames } from './complete-magic.ts'
import { completeModule, completePath } from './complete-path.ts'
import { type Completion, type Match, matching } from './completion.ts'
import { keywords } from './keywords.ts'
import { descriptorOf, knownValue } from './known-value.ts'
import { memberNames, ownKeys } from './member-names.ts'
import { scanCode } from './scan-code.ts'

const identifierPart = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const isPlainName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** Completes by looking at the values there are; runs no code of the user, getters included. */
export class ReflectionCompleter {
  readonly #namespace: Namespace
  readonly #magics: () => MagicNames

  constructor(namespace: Namespace, magics: () => MagicNames) {
    this.#namespace = namespace
    this.#magics = magics
  }

  async complete({ code, cursorPos }: CursorRequest): Promise<CompleteOutcome> {
    const at = Math.max(0, Math.min(cursorPos, code.length))
    const { start, matches } = await this.#find(code, at)
    const shown = matches.slice(0, limits.completionsMax)
    return {
      matches: shown.map(({ text }) => text),
      cursorStart: start,
      cursorEnd: at,
      metadata: {
        _jupyter_types_experimental: shown.map(({ text, type }) => ({
          start,
          end: at,
          text,
          type,
          signature: '',
        })),
      },
    }
  }

  async #find(code: string, at: number): Promise<Completion> {
    const magic = await completeMagic(code, at, this.#magics())
    if (magic !== undefined) return magic
    const none = { start: at, matches: [] }
    const before = code.slice(0, at)
    const place = scanCode(code, at)
    if (place.kind === 'string' || place.kind === 'template') {
      return this.#inString(code, at, place.start) ?? none
    }
    if (place.kind !== 'code') return none
    const typed = identifierPart.exec(before.slice(-256))?.[0] ?? ''
    const start = at - typed.length
    // A digit before the name makes it part of a number.
    if (/\d/.test(code[start - 1] ?? '') && typed !== '') return none
    const owner = ownerEnd(code, start)
    if (owner !== undefined) return { start, matches: this.#members(before, owner, typed) }
    if (/(?:^|[^.])\.$/.test(before.slice(0, start))) return none
    return { start, matches: this.#names(code, typed) }
  }

  #inString(code: string, at: number, quote: number): Promise<Completion> | Completion | undefined {
    const typed = code.slice(quote + 1, at)
    const before = code.slice(0, quote)
    if (
      /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\(|\brequire\.resolve\s*\()\s*$/.test(before)
    ) {
      return completeModule(typed, quote + 1)
    }
    if (/\[\s*$/.test(before)) {
      const owner = before.replace(/(?:\?\.)?\s*\[\s*$/, '').length
      const chain = chainBefore(code, owner)
      const found = chain && knownValue(this.#namespace, chain)
      if (found !== undefined) return this.#keys(found.value, code, at, quote)
    }
    return /^(?:~|\.{0,2})[\\/]/.test(typed) ? completePath(typed, quote + 1) : undefined
  }

  #keys(value: unknown, code: string, at: number, quote: number): Completion {
    const mark = code[quote]!
    const closing = code[at] === mark ? '' : `${mark}${code[at] === ']' ? '' : ']'}`
    const matches = matching(ownKeys(value), code.slice(quote + 1, at)).map((key) => ({
      text: `${key.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)}${closing}`,
      type: 'property',
    }))
    return { start: quote + 1, matches }
  }

  #members(before: string, owner: number, typed: string): Match[] {
    const chain = chainBefore(before, owner)
    const found = chain && knownValue(this.#namespace, chain)
    if (found === undefined) return []
    const { value } = found
    const names = memberNames(value)
      .map(({ name }) => name)
      .filter((name) => isPlainName.test(name))
      // Nobody looks for these, and everything has them.
      .filter((name) => typed.startsWith('__') || !/^__\w+__$/.test(name))
    return matching(names, typed).map((name) => ({
      text: name,
      type: typeOf(descriptorOf(value, name)?.value),
    }))
  }

  #names(code: string, typed: string): Match[] {
    const namespace = this.#namespace
    const all = [...new Set([...declaredIn(code), ...namespace.userNames])]
    // `_i12` and its like are many, and seldom meant.
    const own = [...all.filter((name) => !isHidden(name)), ...all.filter(isHidden)]
    const others = namespace.initialNames.filter((name) => isPlainName.test(name)).sort()
    const words = typed === '' ? [] : keywords
    const isWord = new Set(words)
    return [...new Set([...matching(own, typed), ...matching([...words, ...others], typed)])]
      .filter((name) => isPlainName.test(name))
      .map((name) => ({
        text: name,
        type: isWord.has(name) ? 'keyword' : typeOf(namespace.peek(name, true)?.value),
      }))
  }
}

/** What declares one name; a pattern's names; the parameters of a function, types among them. */
const declarations = [
  /\b(?:let|const|var|class|function\*?|enum|import)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu,
  /\b(?:let|const|var)\s*([{[][^=;'"`]*)=/gu,
  /\bimport\b[^{;'"`]*(\{[^};'"`]*\})/gu,
  /\bfunction\b[^({]*\(([^()]*)\)/gu,
  /\(([^()]*)\)\s*(?::[^=(){}]*)?=>/gu,
  /(?<![\p{ID_Continue}$])([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/gu,
]

/** Names that the cell declares, which has not been run. */
function declaredIn(code: string): string[] {
  const found = declarations.flatMap((pattern) => [...code.matchAll(pattern)])
  return found.flatMap(([, names]) => names!.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? [])
}

function isHidden(name: string): boolean {
  return name.startsWith('_')
}

function typeOf(value: unknown): string {
  if (value === undefined) return 'property'
  if (typeof value !== 'function') return 'instance'
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
}
