import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Milliseconds after which a screen that should have changed will not change. */
const patienceMs = 30_000

/** What `skip` of a test takes that needs a terminal. */
export const noTerminal: string | false =
  spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0
    ? false
    : 'not installed here: apt-get install tmux'

/** Runs a command and says how it ended; tmux itself does not always notice. */
const announced = ['sh', '-c', '"$@"; echo "ended with $?"; read -r _', 'sh']

/** A command in a terminal of its own (tmux), whose keys are pressed and whose screen is read. */
export class Screen {
  readonly #server: string

  /** @param env Besides the environment of the test. */
  static async start(
    context: TestContext,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Screen> {
    const server = `iparallel-${randomUUID()}`
    const screen = new Screen(server)
    context.after(() => run('tmux', ['-L', server, 'kill-server']).catch(() => {}))
    const options = ['-L', server, '-f', '/dev/null', 'new-session', '-d', '-x', '90', '-y', '30']
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    await run('tmux', [...options, ...variables, '--', ...announced, ...argv], {
      env: { ...process.env, ...env },
    })
    return screen
  }

  private constructor(server: string) {
    this.#server = server
  }

  /** Types text, as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text)
  }

  /** Presses keys by tmux's names: `Enter`, `Tab`, `C-c`, `Up`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  /** As from the clipboard, with the marks of a paste. */
  async paste(text: string): Promise<void> {
    await this.#tmux('set-buffer', text)
    await this.#tmux('paste-buffer', '-p')
  }

  /** The rows, without what is empty at the right and below. */
  async text(): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p')
    return stdout.replace(/[ \t]+$/gm, '').trimEnd()
  }

  /** Resolves when the screen shows it. */
  async shows(pattern: RegExp): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const text = await this.text()
      if (pattern.test(text)) return
      if (performance.now() > deadline) throw new Error(`never showed ${pattern}:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Resolves with the exit code when the command has ended. */
  async ended(): Promise<number> {
    await this.shows(/^ended with \d+$/m)
    return Number(/^ended with (\d+)$/m.exec(await this.text())![1])
  }

  #tmux(command: string, ...args: string[]): Promise<{ stdout: string }> {
    return run('tmux', ['-L', this.#server, command, ...args])
  }
}
