import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLogger } from '../base/mod.ts'
import { type Evaluator, noReflection } from '../engine/mod.ts'
import { KernelBinder } from './kernel-binder.ts'
import { nodeContext } from './node-context.ts'

test('ports whose connection file cannot be written are closed again', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  writeFileSync(join(dir, 'file'), '')
  const binder = new KernelBinder({
    context: nodeContext(silentLogger),
    evaluator: noReflection as Evaluator,
    facts: {},
    securityDir: join(dir, 'file'),
  })
  await assert.rejects(binder.bind(undefined), { code: 'IPAR_ARGUMENT' })
  // A port that stayed open would keep this test from ending.
  while (process.getActiveResourcesInfo().includes('TCPServerWrap')) {
    await new Promise(setImmediate)
  }
})
