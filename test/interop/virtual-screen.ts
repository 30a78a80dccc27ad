import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

/** Milliseconds after which something that should be on the screen will not come. */
const patienceMs = 60_000

const programs = ['Xvfb', 'xdotool', 'import', 'convert']

function isThere(program: string): boolean {
  return spawnSync(program, ['-version'], { stdio: 'ignore' }).error === undefined
}

/** Why there can be no virtual screen here: what `skip` of a test takes. */
export const noScreen: string | false = programs.every(isThere)
  ? false
  : 'not installed here: apt-get install xvfb xdotool imagemagick libxcb-icccm4 libxcb-image0 ' +
    'libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 ' +
    'libxcb-xkb1 libxkbcommon-x11-0 libdbus-1-3 libgl1 fonts-dejavu-core'

/** An X server without a screen, whose windows can be typed to and looked at. */
export class VirtualScreen {
  /** What a program needs to show its windows there. */
  readonly env: Readonly<Record<string, string>>
  readonly #server: ChildProcess
  readonly #dir = mkdtempSync(join(tmpdir(), 'iparallel-screen-'))

  static async open(context: TestContext): Promise<VirtualScreen> {
    const args = ['-displayfd', '3', '-screen', '0', '1000x760x24', '-nolisten', 'tcp']
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const [line] = (await once(server.stdio[3]!, 'data')) as [Buffer]
    const screen = new VirtualScreen(server, `:${line.toString().trim()}`)
    context.after(() => screen.close())
    return screen
  }

  private constructor(server: ChildProcess, display: string) {
    this.#server = server
    this.env = { DISPLAY: display, QT_QPA_PLATFORM: 'xcb', XDG_RUNTIME_DIR: this.#dir }
  }

  /** The window with this title, once it is there. */
  async window(title: string): Promise<string> {
    let id = ''
    await this.#until(`a window '${title}'`, async () => {
      const found = await this.#run('xdotool', 'search', '--name', `^${title}$`)
      id = found.trim().split('\n').at(-1) ?? ''
      return id !== ''
    })
    return id
  }

  /** Types into a window, which fills the screen from then on. */
  async type(window: string, line: string): Promise<void> {
    await this.#run('xdotool', 'windowsize', window, '1000', '760')
    await this.#run('xdotool', 'windowfocus', '--sync', window)
    await this.#run('xdotool', 'type', '--delay', '20', '--', line)
    await this.#run('xdotool', 'key', 'Return')
  }

  /** Resolves when at least `count` pixels have exactly this colour. */
  async shows(colour: string, count: number): Promise<void> {
    const picture = join(this.#dir, 'screen.png')
    const mask = ['-fill', 'black', '+opaque', colour, '-fill', 'white', '-opaque', colour]
    const format = ['-format', '%[fx:round(mean*w*h)]', 'info:']
    await this.#until(`${count} pixels of ${colour}`, async () => {
      await this.#run('import', '-window', 'root', picture)
      return Number(await this.#run('convert', picture, ...mask, ...format)) >= count
    })
  }

  async close(): Promise<void> {
    const ended = once(this.#server, 'exit')
    this.#server.kill()
    await ended
    rmSync(this.#dir, { recursive: true, force: true })
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`did not come to the screen: ${what}`)
    }
  }

  async #run(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, ...this.env }
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return output
  }
}
