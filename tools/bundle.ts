/**
 * Puts the compiled files of each folder together into a few, under `lib/`: Node needs about half
 * a millisecond to load a file, and a cluster of four engines loads some six hundred. The folders
 * stay apart, so a stack trace still tells where one is.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const dist = join(root, 'dist')
const lib = join(root, 'lib')
/** Programs may be loading from `lib` just now: it is exchanged when all is there. */
const fresh = join(root, `lib-${process.pid}`)
const old = `${fresh}-old`

interface Manifest {
  readonly version: string
}

/** What is loaded from outside of its folder, besides the folder's door. */
const entries: Readonly<Record<string, readonly string[]>> = {
  main: ['zmq.js', 'controller.js', 'engine.js', 'launchers.js', 'jupyter-kernel.js'],
  kernel: ['modules/module-hooks-thread.js', 'reflection/typescript-worker.js'],
  node: ['process-tree.js'],
  cli: ['run-program.js', 'process/ipcontroller.js', 'process/ipengine.js'],
}

/**
 * What has a thread to itself takes what it needs from all folders along: it starts faster, and no
 * code of users runs beside it that could meet a second instance of anything.
 */
const workers = ['engine-worker.js', 'jupyter-kernel-worker.js']

/** Leaves what is in other folders where it is: one instance of everything. */
function walls(folder: string): Plugin {
  return {
    name: 'walls',
    setup({ onResolve }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ resolveDir, path }) => {
        const target = relative(dist, join(resolveDir, path)).split(sep)
        if (target[0] === folder) return undefined
        return { path: `../${target.join('/')}`, external: true }
      })
    },
  }
}

/** A program that is bundled has our package.json no more. */
const writtenVersion: Plugin = {
  name: 'written-version',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]main[\\/]version\.js$/ }, () => {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
      return { contents: `export const version = ${JSON.stringify(version)}` }
    })
  },
}

async function bundle(folder: string, files: readonly string[], plugins: Plugin[]): Promise<void> {
  await build({
    entryPoints: files.map((name) => join(dist, folder, name)),
    outdir: join(fresh, folder),
    // All in one folder, so that paths to the other folders are alike everywhere.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    inject: [join(dist, 'tools', 'node-globals.js')],
    plugins: [...plugins, writtenVersion],
    logLevel: 'warning',
  })
}

/** A class that names itself is called `_Name` in a bundle; users see its name, so it gets it back. */
function withOwnNames(text: string): string {
  const renamed = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name!)
  return renamed.reduce(
    (all, name) => all.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name),
    text,
  )
}

function restoreNames(): void {
  for (const name of readdirSync(fresh, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue
    const path = join(fresh, name)
    writeFileSync(path, withOwnNames(readFileSync(path, 'utf8')))
  }
}

const startedMs = performance.now()
const stamp = new Date()
const folders = readdirSync(join(root, 'src'))
try {
  await Promise.all([
    bundle('main', workers, []),
    ...folders.map((folder) =>
      bundle(folder, ['mod.js', ...(entries[folder] ?? [])], [walls(folder)]),
    ),
  ])
  restoreNames()
  writeFileSync(join(fresh, 'built'), stamp.toISOString())
  if (existsSync(lib)) renameSync(lib, old)
  renameSync(fresh, lib)
} finally {
  for (const dir of [fresh, old]) rmSync(dir, { recursive: true, force: true })
}
console.log(`lib/ is built in ${Math.round(performance.now() - startedMs)} ms`)
