import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Runs a Python script of this folder where Jupyter knows our kernel, and nothing else of ours is
 * left behind. @returns the JSON object that it prints.
 */
export function runWithKernel(
  python: string,
  script: string,
  ...args: string[]
): Record<string, unknown> {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-kernel-'))
  try {
    const env = {
      ...process.env,
      JUPYTER_PATH: join(dir, 'share', 'jupyter'),
      JUPYTER_RUNTIME_DIR: dir,
      IPYTHONDIR: dir,
    }
    const manifest = readFileSync(join(root, 'package.json'), 'utf8')
    const { bin } = JSON.parse(manifest) as { bin: Record<string, string> }
    const install = [join(root, bin['iparallel']!), 'kernel', 'install', `--prefix=${dir}`]
    const installed = spawnSync(process.execPath, install, { env, encoding: 'utf8' })
    assert.equal(installed.status, 0, installed.stderr)
    const command = [join(root, 'test', 'interop', script), ...args]
    const { stdout, stderr } = spawnSync(python, command, { env, cwd: dir, encoding: 'utf8' })
    const line = stdout.split('\n').find((text) => text.startsWith('{'))
    assert.ok(line, stderr)
    return JSON.parse(line) as Record<string, unknown>
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
