import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLogger } from '../base/mod.ts'
import { kernelArgv } from '../kernelspec/mod.ts'
import { kernelClientPorts } from './kernel-ports.ts'
import { StartedKernel } from './started-kernel.ts'

/** Fails as if somebody had its port, once; then it is the kernel whose command line follows. */
const unluckyOnce = `
  const fs = require('node:fs')
  const [marker, program, ...args] = process.argv.slice(1)
  if (!fs.existsSync(marker)) {
    fs.writeFileSync(marker, '')
    console.error('listen EADDRINUSE: address already in use 127.0.0.1:1')
    process.exit(1)
  }
  process.argv = [process.execPath, program, ...args]
  import(require('node:url').pathToFileURL(program))`

test('a kernel that finds a port taken is started once more, with others', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-launcher-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  const runtimeDir = join(dir, 'runtime')
  const [node, ...rest] = kernelArgv('{connection_file}')
  const at = rest.findIndex((word) => !word.startsWith('-'))
  const argv = [
    node!,
    ...rest.slice(0, at),
    '-e',
    unluckyOnce,
    join(dir, 'tried'),
    ...rest.slice(at),
  ]
  const kernel = await StartedKernel.start({
    spec: {
      name: 'unlucky',
      dir: '',
      argv,
      displayName: '',
      language: 'typescript',
      interruptMode: 'message',
      env: {},
      metadata: {},
    },
    ports: kernelClientPorts(silentLogger),
    runtimeDir,
  })
  try {
    assert.equal((await kernel.client.execute('1')).status, 'ok')
    assert.equal(readdirSync(runtimeDir).length, 1)
  } finally {
    await kernel.close()
  }
})
