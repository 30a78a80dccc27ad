import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { SharedConnectionInfo } from '../jupyter/mod.ts'
import type { RolePrograms } from './launcher/local.ts'
import { isAlive } from './process-liveness.ts'

/** Speaks a role's side of the IPC channel; `FAKE` in its environment says what goes wrong. */
const fakeRole = `
import { existsSync, rmSync, writeFileSync } from 'node:fs'
const role = process.argv[1].includes('controller') ? 'controller' : 'engine'
const faults = (process.env.FAKE ?? '').split(' ')
const has = (fault) => faults.includes(role + ':' + fault)
console.log(role, 'says hello')
if (has('dies-at-once')) { console.error('first line'); console.error('last words'); process.exit(3) }
if (has('fails')) process.send({ type: 'failed', message: 'no port left' }, () => process.exit(1))
if (has('ignores-term')) process.on('SIGTERM', () => {})
const shared = {
  ssh: '', interface: 'tcp://127.0.0.1', registration: 1, control: 2, mux: 3, task: 4, iopub: 5,
  key: 'k', curve_serverkey: null, location: 'here', pack: 'json', unpack: 'json',
  signature_scheme: 'hmac-sha256',
}
let clusterFile, staying = false
process.on('message', (message) => {
  if (message.type === 'start') {
    clusterFile = message.clusterFile
    if (role === 'controller' && !has('silent')) {
      process.send({
        type: 'listening',
        clientInfo: { ...shared, task_scheme: 'lru', notification: 6, broadcast: 7 },
        engineInfo: { ...shared, hb_ping: 8, hb_pong: 9, broadcast: [10] },
      })
    }
    globalThis.settings = message.settings
  } else if (message.type === 'connection-info') {
    if (has('silent') || has('fails')) return
    if (has('python-silent') && globalThis.settings.command) return
    const id = globalThis.settings.requestedId ?? process.pid
    process.send({ type: 'registered', id, uuid: 'u' + process.pid })
    if (has('blocks')) for (;;) {}
    if (has('crashes-once') && globalThis.settings.requestedId === undefined) {
      setTimeout(() => process.abort(), 10)
    }
    if (has('crashes-always')) setTimeout(() => process.exit(9), 10)
  } else if (message.type === 'stay') staying = true
  else if (message.type === 'stop' && !has('ignores-stop')) process.exit(0)
})
process.on('disconnect', () => {
  if (staying) { console.log(role, 'goes on'); setInterval(() => {}, 1000); return }
  if (clusterFile) rmSync(clusterFile, { force: true })
  process.exit(0)
})
`

/** A folder that goes away with the test, and fake programs in it. */
export function fakeRoles(context: TestContext): { dir: string; programs: RolePrograms } {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))
  const program = (role: string) => {
    const file = join(dir, `ip${role}.mjs`)
    writeFileSync(file, fakeRole)
    return file
  }
  return { dir, programs: { controller: program('controller'), engine: program('engine') } }
}

/** Resolves when the condition holds. Rejects when it does not within five seconds. */
export function until(what: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = performance.now() + 5_000
    const timer = setInterval(() => {
      const late = performance.now() > deadline
      if (!holds() && !late) return
      clearInterval(timer)
      if (late) reject(new Error(`did not come: ${what}`))
      else resolve()
    }, 5)
  })
}

/** Resolves when the process is gone. */
export function gone(pid: number): Promise<void> {
  return until(`the end of process ${pid}`, () => !isAlive(pid))
}

/** What the connection files of a controller that listens nowhere have in common. */
export function sharedInfo(registration: number): SharedConnectionInfo {
  return {
    ssh: '',
    interface: 'tcp://127.0.0.1',
    registration,
    control: 2,
    mux: 3,
    task: 4,
    iopub: 5,
    key: 'k',
    curve_serverkey: null,
    location: 'here',
    pack: 'json',
    unpack: 'json',
    signature_scheme: 'hmac-sha256',
  }
}
