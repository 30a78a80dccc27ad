/**
 * Puts the compiled files of each folder together into a few, under `lib/`: Node needs about half
 * a millisecond to load a file, and a cluster of four engines loads some six hundred. The folders
 * stay apart, so a stack trace still tells where one is.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const dist = join(root, 'dist')
const lib = join(root, 'lib')

/** What is loaded from outside of its folder, besides the folder's door. */
const entries: Readonly<Record<string, readonly string[]>> = {
  main: ['zmq.js', 'controller.js', 'engine.js', 'engine-worker.js'],
  cli: ['run-program.js', 'process/ipcontroller.js', 'process/ipengine.js'],
}

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

async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: ['mod.js', ...(entries[folder] ?? [])].map((name) => join(dist, folder, name)),
    outdir: join(lib, folder),
    // All in one folder, so that paths to the other folders are alike everywhere.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [walls(folder)],
    logLevel: 'warning',
  })
}

const startedMs = performance.now()
const stamp = new Date()
rmSync(lib, { recursive: true, force: true })
const folders = readdirSync(join(root, 'src'))
await Promise.all(folders.map(bundle))
mkdirSync(lib, { recursive: true })
writeFileSync(join(lib, 'built'), stamp.toISOString())
console.log(`lib/ is built in ${Math.round(performance.now() - startedMs)} ms`)
