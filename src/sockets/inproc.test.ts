import { test } from 'node:test'
import { systemClock } from '../node/mod.ts'
import { checkTransport } from '../testing/mod.ts'
import { inprocTransport } from './inproc.ts'

let names = 0

checkTransport(test, {
  transport: inprocTransport(systemClock),
  freeEndpoint: () => `inproc://${names++}`,
})
