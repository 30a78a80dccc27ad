import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import { connectionTimeout } from './connection-advice.ts'

function advice(address: string): string {
  const info = { interface: address, location: 'lab', curve_serverkey: null }
  return connectionTimeout({
    address,
    timeoutMs: 1_000,
    state: 'ECONNREFUSED',
    wasConnected: false,
    wasMisunderstood: false,
    info: info as ClientConnectionInfo,
  }).message
}

for (const [address, expected] of [
  ['tcp://127.0.0.1', /listens on its own loopback only: start it with --ip=ADDRESS/],
  ['tcp://[::1]', /listens on its own loopback only/],
  ['tcp://*', /--location=ADDRESS \(the file says 'lab'\)/],
  ['tcp://0.0.0.0', /--location=ADDRESS \(the file says 'lab'\)/],
  ['tcp://10.0.0.7', /start the controller with --ip=ADDRESS/],
] as const) {
  test(`who cannot reach ${address} is told which option is at fault`, () => {
    assert.match(advice(address), expected)
  })
}

test('where the location is not used, it is not named', () => {
  assert.doesNotMatch(advice('tcp://10.0.0.7'), /location/)
})
