import { readdir } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { workingFolder } from '../../functions/mod.ts'
import { type Completion, matching } from './completion.ts'

interface Entry {
  readonly name: string
  readonly isFolder: boolean
}

async function entriesOf(folder: string): Promise<Entry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .map((entry) => ({
        name: entry.name,
        // A link may lead to a folder; whoever goes there will see.
        isFolder: entry.isDirectory(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** A path that has been typed so far, relative to the working folder. */
export async function completePath(
  typed: string,
  start: number,
  accepts: (entry: Entry) => boolean = () => true,
): Promise<Completion> {
  const cut = Math.max(
    typed.lastIndexOf('/'),
    process.platform === 'win32' ? typed.lastIndexOf('\\') : -1,
  )
  const folder = typed.slice(0, cut + 1)
  const name = typed.slice(cut + 1)
  const place = /^~(?=[\\/])/.test(folder)
    ? join(homedir(), folder.slice(1))
    : resolve(workingFolder(), folder)
  const entries = (await entriesOf(place)).filter(
    (entry) => accepts(entry) && (name.startsWith('.') || !entry.name.startsWith('.')),
  )
  const isFolder = new Set(entries.filter((entry) => entry.isFolder).map((entry) => entry.name))
  const matches = matching(
    entries.map((entry) => entry.name),
    name,
  ).map((match) => ({ text: isFolder.has(match) ? `${match}/` : match, type: 'path' }))
  return { start: start + cut + 1, matches }
}

/** What an import may name: files, modules of Node, installed packages. */
export async function completeModule(typed: string, start: number): Promise<Completion> {
  if (/^\.{0,2}\//.test(typed) || typed === '.' || typed === '..') {
    return completePath(typed, start, ({ name, isFolder }) => isFolder || isModuleFile.test(name))
  }
  const builtins = builtinModules.filter((name) => !name.startsWith('_'))
  const names = [
    ...(await packagesFrom(workingFolder())),
    ...builtins.map((name) => `node:${name.replace(/^node:/, '')}`),
    ...(typed === '' ? [] : builtins),
  ]
  const matches = [...new Set(matching(names, typed))].map((text) => ({ text, type: 'module' }))
  return { start, matches }
}

const isModuleFile = /\.(?:[cm]?[jt]sx?|json|node|wasm)$/

/** Names of the packages that a module in `folder` can import. */
async function packagesFrom(folder: string): Promise<string[]> {
  const found = new Set<string>()
  for (let place = folder; ; place = dirname(place)) {
    const modules = join(place, 'node_modules')
    for (const { name } of await entriesOf(modules)) {
      if (name.startsWith('.')) continue
      if (!name.startsWith('@')) found.add(name)
      else
        for (const scoped of await entriesOf(join(modules, name)))
          found.add(`${name}/${scoped.name}`)
    }
    if (dirname(place) === place) return [...found].sort()
  }
}
