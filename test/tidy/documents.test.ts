import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { test } from 'node:test'
import { transform } from 'esbuild'
import { root } from './source-tree.ts'

interface Page {
  readonly path: string
  readonly text: string
}

const folders = ['docs', 'examples', '.']
const pages: readonly Page[] = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name).split(sep).join('/'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
)

/** The anchor that GitHub makes of a heading. */
function anchor(heading: string): string {
  const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
  return words.trim().replaceAll(' ', '-')
}

function hasAnchor(path: string, wanted: string): boolean {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, heading]) => anchor(heading!) === wanted)
}

test('every link between the pages leads somewhere', () => {
  const broken = pages.flatMap(({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
    return links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file, part] = link.split('#') as [string, string?]
        const target = file === '' ? join(root, path) : join(root, dirname(path), file)
        return !existsSync(target) || (part !== undefined && !hasAnchor(target, part))
      })
      .map((link) => `${path}: ${link}`)
  })
  assert.deepEqual(broken, [])
})

test('every page of docs is in its index', () => {
  for (const folder of ['docs', 'docs/adr']) {
    const index = readFileSync(join(root, folder, 'README.md'), 'utf8')
    const missing = pages
      .filter(({ path }) => path.startsWith(`${folder}/`) && path !== `${folder}/README.md`)
      .map(({ path }) => relative(folder, path).split(sep).join('/'))
      .filter(
        (path) => folder === 'docs/adr' || !path.startsWith('adr/') || path === 'adr/README.md',
      )
      .filter((path) => !index.includes(`(${path})`))
    assert.deepEqual(missing, [], folder)
  }
})

/** What kernels know and TypeScript does not, as a statement of its own. */
function withoutMagics(code: string): string {
  return code
    .replace(/^\s*(?:[%!].*|[\w.]+\?{1,2}(?:\s+\/\/.*)?)$/gm, '')
    .replace(/= *[!%](?=[a-z]).*$/gm, '= 0')
    .replace(/^(\s*(?:const|let) \w+ =) ?!.*$/gm, '$1 0')
}

test('every example in TypeScript is TypeScript', async () => {
  const wrong: string[] = []
  for (const { path, text } of pages) {
    for (const [, code] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      try {
        // A block is a piece of a program: a name may be declared again in it.
        await transform(withoutMagics(code!), { loader: 'ts', format: 'esm', logLevel: 'silent' })
      } catch (error) {
        wrong.push(`${path}: ${(error as Error).message}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
})

test('the architecture names every folder of the source, in its picture and in its table', () => {
  const { text } = pages.find(({ path }) => path === 'docs/architecture.md')!
  const [, picture = ''] = /## The rows[^`]*```([^`]*)```/.exec(text) ?? []
  const table = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, names]) => names).join()
  const missing = readdirSync(join(root, 'src')).filter(
    (folder) => !new RegExp(`\\b${folder}\\b`).test(picture) || !table.includes(`\`${folder}\``),
  )
  assert.deepEqual(missing, [])
})
