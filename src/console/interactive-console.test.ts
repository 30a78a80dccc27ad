import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { JsonObject } from '../jupyter/mod.ts'
import { PlayedKernel } from '../kernel-client/played-kernel.test.ts'
import type { KernelHandle } from '../kernel-launcher/mod.ts'
import { settle } from '../testing/mod.ts'
import { HistoryFile } from './history-file.ts'
import { InteractiveConsole } from './interactive-console.ts'
import { KeyQueue } from './key-queue.ts'
import type { Terminal } from './terminal.ts'

/** A console on a kernel that the test plays, with keys and a screen that the test has. */
class PlayedConsole implements Terminal {
  readonly columns = 60
  readonly rows = 20
  readonly keys = new KeyQueue()
  onResize: (() => void) | undefined
  readonly kernel: PlayedKernel
  readonly handle: KernelHandle
  readonly historyPath: string
  readonly exitCode: Promise<number>
  interrupts = 0
  restarts = 0
  #written = ''

  static async start(
    t: TestContext,
    { language = 'typescript', owned = true } = {},
  ): Promise<PlayedConsole> {
    const dir = mkdtempSync(join(tmpdir(), 'iparallel-console-'))
    t.after(() => rmSync(dir, { recursive: true, force: true }))
    return new PlayedConsole(await PlayedKernel.start(t), language, owned, dir)
  }

  private constructor(kernel: PlayedKernel, language: string, owned: boolean, dir: string) {
    this.kernel = kernel
    this.historyPath = join(dir, 'history.jsonl')
    this.handle = {
      client: kernel.client,
      info: { language: { name: language } } as KernelHandle['info'],
      connectionFile: '',
      owned,
      onDeath: undefined,
      interrupt: async () => void this.interrupts++,
      restart: async () => void this.restarts++,
      close: async () => {},
    }
    this.exitCode = new InteractiveConsole({
      kernel: this.handle,
      terminal: this,
      history: new HistoryFile(this.historyPath),
      colours: false,
      images: undefined,
    }).run()
  }

  write(text: string): void {
    this.#written += text
  }

  async drained(): Promise<void> {}

  suspend(): void {}

  /** What was written since the last call, without what moves the cursor. */
  takeText(): string {
    const text = stripVTControlCharacters(this.#written).replaceAll('\r', '')
    this.#written = ''
    return text
  }

  async press(name: string, change: { ctrl?: boolean; text?: string } = {}): Promise<void> {
    this.keys.push({ name, ctrl: false, alt: false, shift: false, text: '', ...change })
    await settle()
  }

  /** Types a cell, which the kernel takes for complete. */
  async enter(code: string): Promise<void> {
    await this.press('text', { text: code })
    await this.press('enter')
    const asked = await this.kernel.request('is_complete_request')
    await this.kernel.reply(asked, 'is_complete_reply', { status: 'complete' })
  }

  /** Ends the cell that runs. */
  async finish(content: JsonObject = {}, outputs: readonly [string, JsonObject][] = []) {
    const request = await this.kernel.request('execute_request')
    for (const [type, output] of outputs) await this.kernel.publish(type, output, request)
    await this.kernel.publish('status', { execution_state: 'idle' }, request)
    const reply = { status: 'ok', execution_count: 1, payload: [], user_expressions: {} }
    await this.kernel.reply(request, 'execute_reply', { ...reply, ...content })
  }
}

test('a cell is sent as it was typed, remembered, and the next prompt is counted', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.enter('1 + 1')
  await played.finish({ execution_count: 7 }, [
    ['execute_result', { execution_count: 7, data: { 'text/plain': '2' }, metadata: {} }],
  ])
  assert.match(played.takeText(), /Out\[7\]: 2\nIn \[8\]: $/)
  assert.equal(readFileSync(played.historyPath, 'utf8'), '"1 + 1"\n')
})

test('a cell that is not complete goes on, as deep as its bracket', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.press('text', { text: 'if (x) {' })
  await played.press('enter')
  const asked = await played.kernel.request('is_complete_request')
  await played.kernel.reply(asked, 'is_complete_reply', { status: 'incomplete', indent: '' })
  assert.match(played.takeText(), /In \[1\]: if \(x\) \{\n +\.\.\.: {3}$/)
})

test('a kernel can fill the next prompt, show a page, and end the console', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.enter('%load x')
  const page = { source: 'page', data: { 'text/plain': 'the page' } }
  await played.finish({ payload: [page, { source: 'set_next_input', text: 'loaded' }] })
  assert.match(played.takeText(), /the page\nIn \[2\]: loaded$/)
  await played.press('enter')
  const asked = await played.kernel.request('is_complete_request')
  await played.kernel.reply(asked, 'is_complete_reply', { status: 'complete' })
  await played.finish({ payload: [{ source: 'ask_exit' }] })
  assert.equal(await played.exitCode, 0)
})

test('Ctrl-C interrupts the cell, other keys wait for the next prompt', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.enter('for (;;) {}')
  await played.press('text', { text: 'next' })
  await played.press('c', { ctrl: true })
  assert.equal(played.interrupts, 1)
  await played.finish({ status: 'error', ename: 'KeyboardInterrupt' })
  assert.match(played.takeText(), /In \[2\]: next$/)
})

test('Ctrl-D asks while a cell runs; y leaves without waiting for it', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.enter('for (;;) {}')
  await played.press('d', { ctrl: true })
  assert.match(played.takeText(), /A cell is running\. Leave, and end it\? \[y\/N\] $/)
  await played.press('text', { text: 'y' })
  assert.equal(await played.exitCode, 0)
})

test('a question is answered by the kernel; Python answers its own', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.press('text', { text: 'rc.ids?' })
  await played.press('enter')
  const asked = await played.kernel.request('inspect_request')
  assert.equal(asked.content['code'], 'rc.ids')
  const reply = { status: 'ok', found: true, data: { 'text/plain': 'number[]' }, metadata: {} }
  await played.kernel.reply(asked, 'inspect_reply', reply)
  assert.match(played.takeText(), /number\[\]\nIn \[1\]: $/)
  const python = await PlayedConsole.start(t, { language: 'python' })
  await python.enter('print?')
  await python.finish()
})

test('a kernel that is busy for somebody else gets a prompt at once, and its number later', async (t) => {
  const played = await PlayedConsole.start(t, { owned: false })
  await settle()
  assert.match(played.takeText(), /In \[1\]: $/)
  await played.press('text', { text: 'typed' })
  await played.finish({ execution_count: 4 })
  assert.match(played.takeText(), /In \[5\]: typed$/)
})

test('a kernel that dies at the prompt is started again, and what was typed stays', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.press('text', { text: 'typed' })
  played.handle.onDeath?.({ cause: { signal: 'SIGKILL' }, lastWords: 'the end' })
  await settle()
  assert.equal(played.restarts, 1)
  assert.match(played.takeText(), /killed by SIGKILL\.\nthe end\n.*again.*\nIn \[1\]: typed$/)
})

test('a terminal that is gone ends the console', async (t) => {
  const played = await PlayedConsole.start(t)
  await played.press('gone')
  assert.equal(await played.exitCode, 0)
})
