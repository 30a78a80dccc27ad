import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { signalGroup, signalTree } from './process-tree.ts'

const waits = 'setInterval(Date, 1e6)'

/** A process with a child, which may lead a group of its own. */
async function family(
  context: TestContext,
  detached: { parent: boolean; child: boolean },
): Promise<{ parent: ChildProcess; gone: Promise<unknown> }> {
  const options = JSON.stringify({
    stdio: ['ignore', 'inherit', 'ignore'],
    detached: detached.child,
  })
  const code = `
    const child = child_process.spawn(process.execPath, ['-e', '${waits}'], ${options})
    console.log(child.pid)
    ${waits}`
  const parent = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: detached.parent,
  })
  const [pid] = (await once(parent.stdout!, 'data')) as [Buffer]
  context.after(() => {
    parent.kill('SIGKILL')
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // As it should be.
    }
  })
  // Both have the pipe.
  return { parent, gone: once(parent.stdout!.resume(), 'close') }
}

test('a tree ends with what it has started, whatever group that is in', async (context) => {
  const { parent, gone } = await family(context, { parent: false, child: true })
  signalTree(parent.pid!, 'SIGKILL')
  await gone
})

test('so it does where there is no /proc', {
  skip: process.platform === 'win32' && 'Windows has no ps',
}, async (context) => {
  const { parent, gone } = await family(context, { parent: false, child: true })
  const { platform } = process
  Object.defineProperty(process, 'platform', { value: 'darwin' })
  signalTree(parent.pid!, 'SIGKILL')
  Object.defineProperty(process, 'platform', { value: platform })
  await gone
})

test('a group ends with its leader', async (context) => {
  const { parent, gone } = await family(context, { parent: true, child: false })
  signalGroup(parent.pid!, 'SIGKILL')
  await gone
})
