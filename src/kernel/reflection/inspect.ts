import { types } from 'node:util'
import { limits } from '../../base/mod.ts'
import type { InspectOutcome, InspectRequest } from '../../engine/mod.ts'
import { cut } from '../failure.ts'
import type { Namespace } from '../namespace.ts'
import { type AccessChain, chainBefore } from './access-chain.ts'
import { type FunctionSource, functionSource } from './function-source.ts'
import { descriptorOf, knownValue } from './known-value.ts'
import { scanCode } from './scan-code.ts'
import { showSafely } from './show-safely.ts'
import { signatureOf, typedSignature } from './signature.ts'

const notFound: InspectOutcome = { found: false, data: {}, metadata: {} }
const nameBefore = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const nameAfter = /^[\p{ID_Continue}$]*/u

type Fields = [label: string, text: string][]

/** Tells what is known of the value at a place in code; runs no code of the user. */
export class ReflectionInspector {
  readonly #namespace: Namespace
  readonly #cellSource: (number: number) => string | undefined

  constructor(namespace: Namespace, cellSource: (number: number) => string | undefined) {
    this.#namespace = namespace
    this.#cellSource = cellSource
  }

  inspect({ code, cursorPos, detailLevel }: InspectRequest): InspectOutcome {
    const at = Math.max(0, Math.min(cursorPos, code.length))
    for (const end of placesToLook(code, at)) {
      const chain = chainBefore(code, end)
      const fields = chain && this.#describe(chain, code.slice(chain.start, end), detailLevel)
      if (fields === undefined) continue
      return {
        found: true,
        data: { 'text/plain': plain(fields), 'text/markdown': markdown(fields) },
        metadata: {},
      }
    }
    return notFound
  }

  #describe(chain: AccessChain, text: string, detailLevel: 0 | 1): Fields | undefined {
    const found = knownValue(this.#namespace, chain)
    if (found !== undefined) return this.#describeValue(found.value, detailLevel)
    // An accessor is not run, but that it is one can be told.
    const name = chain.steps.at(-1)
    const owner = name && knownValue(this.#namespace, { ...chain, steps: chain.steps.slice(0, -1) })
    const accessor = owner && descriptorOf(owner.value, name)
    if (!accessor) return undefined
    const fn = (accessor.get ?? accessor.set)!
    const source = describeSource(fn, functionSource(fn, this.#cellSource), detailLevel)
    return [['Name', text], ['Type', accessor.get ? 'getter' : 'setter'], ...source]
  }

  #describeValue(value: unknown, detailLevel: 0 | 1): Fields {
    if (typeof value === 'function' && !types.isProxy(value)) {
      const { text, isClass } = signatureOf(value)
      const source = functionSource(value, this.#cellSource)
      const typed = source && typedSignature(value, source.text)
      return [
        ['Signature', typed ?? text],
        ['Type', isClass ? 'class' : 'function'],
        ...describeSource(value, source, detailLevel),
      ]
    }
    return [
      ['Type', typeName(value)],
      ['Value', cut(showSafely(value, shownOptions), limits.inspectionCharsMax)],
    ]
  }
}

function describeSource(
  fn: object,
  source: FunctionSource | undefined,
  detailLevel: 0 | 1,
): Fields {
  const fields: Fields = []
  if (source?.comment !== undefined) fields.push(['Docstring', source.comment])
  if (detailLevel === 1) {
    const text = source?.text ?? Function.prototype.toString.call(fn)
    fields.push(['Source', cut(text, limits.inspectionCharsMax)])
  }
  if (source !== undefined) fields.push(['File', `${source.place}:${source.line}`])
  return fields
}

/** Ends of expressions that may be meant: the name at the cursor, then the function that is called. */
function placesToLook(code: string, at: number): number[] {
  const places: number[] = []
  const rest = nameAfter.exec(code.slice(at))![0].length
  const isInName = nameBefore.test(code.slice(0, at)) || rest > 0
  const { kind, open } = scanCode(code, at)
  if (isInName && kind === 'code') places.push(at + rest)
  else if (kind === 'code' && /[\])}"'`]\s*$/.test(code.slice(0, at))) places.push(at)
  for (const { char, at: opened } of open.toReversed()) if (char === '(') places.push(opened)
  return places
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  if (types.isProxy(value)) return 'Proxy'
  const made = descriptorOf(value, 'constructor')?.value as unknown
  const name =
    typeof made === 'function' && !types.isProxy(made)
      ? Object.getOwnPropertyDescriptor(made, 'name')?.value
      : undefined
  const text = typeof name === 'string' && name !== '' ? name : 'object'
  if (Array.isArray(value)) return `${text}(${value.length})`
  if (types.isMap(value) || types.isSet(value)) return `${text}(${sizeOf(value)})`
  return types.isTypedArray(value) ? `${text}(${value.length})` : text
}

function sizeOf(value: object): number {
  const prototype: object = types.isMap(value) ? Map.prototype : Set.prototype
  return Object.getOwnPropertyDescriptor(prototype, 'size')!.get!.call(value) as number
}

const shownOptions = { depth: 3, maxArrayLength: 50, maxStringLength: 2_000 }

function plain(fields: Fields): string {
  return fields
    .map(([label, text]) => (text.includes('\n') ? `${label}:\n${text}` : `${label}: ${text}`))
    .join('\n')
}

function markdown(fields: Fields): string {
  return fields
    .map(([label, text]) => {
      if (label === 'Signature' || label === 'Source') return `\`\`\`typescript\n${text}\n\`\`\``
      if (label === 'Value') return `\`\`\`\n${text}\n\`\`\``
      return label === 'Docstring' ? text : `**${label}:** \`${text}\``
    })
    .join('\n\n')
}
