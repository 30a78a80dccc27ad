import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLogger } from '../base/mod.ts'
import { type EngineConnectionInfo, Session, unregistrationRequest } from '../jupyter/mod.ts'
import { makeSigner, systemClock, systemRandom, tcpTransport } from '../node/mod.ts'
import { Router } from '../sockets/mod.ts'
import { announceDeath } from './nanny.ts'

const platform = { clock: systemClock, random: systemRandom }

async function controller(context: import('node:test').TestContext) {
  const router = new Router({ ...platform, transports: [tcpTransport], logger: silentLogger })
  context.after(() => router.close({ lingerMs: 0 }))
  const endpoint = await router.bind('tcp://127.0.0.1:0')
  const info = {
    interface: 'tcp://127.0.0.1',
    registration: Number(endpoint.split(':').at(-1)),
    key: 'secret',
    signature_scheme: 'hmac-sha256',
    location: '',
  } as EngineConnectionInfo
  return { router, info }
}

test('the controller hears of a death, signed, with the engine and the cause', async (context) => {
  const { router, info } = await controller(context)
  const received = new Promise<Uint8Array[]>((resolve) => {
    router.onMessage = (frames) => resolve([...frames])
  })
  await announceDeath(info, { id: 3, uuid: 'u' }, { signal: 'SIGKILL', outOfMemory: true })
  const session = new Session({ ...platform, key: info.key, makeSigner })
  const message = session.unpack(await received)
  assert.equal(message.header.msgType, 'unregistration_request')
  assert.deepEqual(unregistrationRequest.decode(message.content), {
    id: 3,
    uuid: 'u',
    cause: { signal: 'SIGKILL', outOfMemory: true },
  })
})

test('a controller that is gone, too, holds nobody up for long', async (context) => {
  const { router, info } = await controller(context)
  await router.close({ lingerMs: 0 })
  const startedMs = performance.now()
  await announceDeath(info, { id: 3, uuid: 'u' }, {})
  assert.ok(performance.now() - startedMs < 4_000)
})
