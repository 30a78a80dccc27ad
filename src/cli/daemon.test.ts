import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DaemonSide } from './daemon.ts'

test('a command that hangs up as soon as it knows does not disturb its daemon', (context) => {
  const saved = { send: process.send, connected: process.connected, disconnect: process.disconnect }
  context.after(() => Object.assign(process, saved))
  const told: unknown[] = []
  let disconnects = 0
  Object.assign(process, {
    connected: true,
    send: (message: unknown, sent: () => void) => {
      told.push(message)
      process.connected = false
      sent()
    },
    disconnect: () => {
      disconnects += 1
    },
  })
  process.env['IPP_DAEMON'] = '1'
  DaemonSide.open()!.ready()
  assert.deepEqual(told, [{ type: 'ready' }])
  assert.equal(disconnects, 0)
})
