import process from 'node:process'
import type { Magic } from '../magic.ts'

export const pwd: Magic = {
  name: 'pwd',
  forms: 'line',
  usage: '%pwd',
  help: 'The working folder.',
  run: () => process.cwd(),
}
