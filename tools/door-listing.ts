/** What each door of the package lets out, read from the declarations that the compiler wrote. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

interface Declaration {
  /** Without comments and private members. */
  readonly text: string
  /** Whether a doc comment stands above it. */
  readonly explained: boolean
}

interface DeclarationFile {
  readonly own: ReadonlyMap<string, Declaration>
  /** Names that it has from other files. */
  readonly foreign: ReadonlyMap<string, { readonly path: string; readonly name: string }>
  readonly exports: readonly string[]
}

export interface DoorListing {
  /** As it is imported: `iparallel/zmq`. */
  readonly door: string
  /** The file in which the listing is kept. */
  readonly file: string
  /** The door's declarations and, below them, the classes that those extend. */
  readonly text: string
  /** Names that have no doc comment. */
  readonly unexplained: readonly string[]
}

const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/.source
/** A top-level declaration begins in the first column, and so does whatever comes next. */
const declaration = new RegExp(
  `^(${comment})?((export )?(?:declare )?(?:abstract )?` +
    `(?:class|interface|type|function|const) ([\\w$]+)[^]*?)` +
    `(?=^(?:${comment})?(?:export|declare|abstract|import|interface|type|class|//#)|(?![^]))`,
  'gm',
)
const namesFrom = /^(import|export) (?:type )?\{([^}]*)\} from '([^']+)';/gm
const files = new Map<string, DeclarationFile>()

function withoutComments(text: string): string {
  return text
    .replace(new RegExp(`^ *${comment}`, 'gm'), '')
    .replace(/^ +(?:#private|(?:private|static #)[^\n]*);\n/gm, '')
    .trimEnd()
}

/** `Dealer as BareDealer`: Dealer there, BareDealer here. */
function namesIn(list: string): { readonly there: string; readonly here: string }[] {
  const parts = list.split(',').map((part) => part.trim().replace(/^type /, ''))
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [there = part, here = there] = part.split(' as ')
      return { there, here }
    })
}

function readDeclarations(path: string): DeclarationFile {
  const known = files.get(path)
  if (known !== undefined) return known
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  const own = new Map<string, Declaration>()
  const foreign = new Map<string, { path: string; name: string }>()
  const exports: string[] = []
  for (const [, above, body, exported, name] of text.matchAll(declaration)) {
    // A function may be declared several times, once for each way to call it.
    const before = own.get(name!)
    const lines = [...(before === undefined ? [] : [before.text]), withoutComments(body!)]
    const explained = above !== undefined || before?.explained === true
    own.set(name!, { text: lines.join('\n'), explained })
    if (exported !== undefined && before === undefined) exports.push(name!)
  }
  for (const [, verb, list, from] of text.matchAll(namesFrom)) {
    if (!from!.startsWith('.')) continue
    const target = join(dirname(path), from!.replace(/\.[jt]s$/, '.d.ts'))
    for (const { there, here } of namesIn(list!)) {
      foreign.set(here, { path: target, name: there })
      if (verb === 'export') exports.push(here)
    }
  }
  const file = { own, foreign, exports }
  files.set(path, file)
  return file
}

interface Found extends Declaration {
  readonly path: string
}

/** The declaration of a name as a file has it; undefined for one of another package. */
function find(path: string, name: string): Found | undefined {
  const { own, foreign } = readDeclarations(path)
  const origin = foreign.get(name)
  if (origin !== undefined) return find(origin.path, origin.name)
  const declared = own.get(name)
  return declared === undefined ? undefined : { ...declared, path }
}

/** The classes and interfaces that declarations extend, and theirs, which are not let out. */
function ancestors(exported: readonly Found[]): Found[] {
  const all = [...exported]
  for (const { text, path } of all) {
    for (const [, name] of text.matchAll(/ extends ([\w$]+)/g)) {
      const found = find(path, name!)
      if (found !== undefined && !all.some((each) => each.text === found.text)) all.push(found)
    }
  }
  return all.slice(exported.length)
}

function listing(door: string, declarations: string): DoorListing {
  const path = join(root, declarations)
  const found = readDeclarations(path).exports.map((name) => {
    const declared = find(path, name)
    if (declared === undefined)
      throw new Error(`${door} exports ${name}, which is nowhere declared`)
    return { name, ...declared }
  })
  found.sort((a, b) => (a.name < b.name ? -1 : 1))
  const texts = found.map(({ text }) => text.replace(/^export (?:declare )?/gm, ''))
  const behind = ancestors(found).map(({ text }) =>
    text.replace(/^(?:export )?(?:declare )?/gm, ''),
  )
  const sections = [...texts, ...(behind.length === 0 ? [] : ['// behind the door', ...behind])]
  return {
    door,
    file: `${door.replace('/', '-')}.txt`,
    text: `${sections.join('\n')}\n`,
    unexplained: found.filter(({ explained }) => !explained).map(({ name }) => name),
  }
}

/** Every door that `package.json` names. Build first. */
export function doorListings(): DoorListing[] {
  const { exports: doors } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly types: string }>
  }
  return Object.entries(doors).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [listing(`iparallel${name.slice(1)}`, target.types)],
  )
}
