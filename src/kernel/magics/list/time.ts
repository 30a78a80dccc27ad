import { performance } from 'node:perf_hooks'
import process from 'node:process'
import type { Magic } from '../magic.ts'
import { showSeconds } from '../show-seconds.ts'

export const time: Magic = {
  name: 'time',
  forms: 'line and cell',
  usage: '%time STATEMENT\n%%time',
  help:
    'Times one run of a statement, or of a cell; its value is shown as ever.\n' +
    'CPU times are those of the whole process.',
  async run({ line, body }, host) {
    const code = body === undefined ? line : line === '' ? body : `${line}\n${body}`
    const place = body === undefined ? {} : { firstLine: line === '' ? 2 : 1 }
    const before = process.cpuUsage()
    const started = performance.now()
    try {
      return await host.run(code, place)
    } finally {
      const wallSeconds = (performance.now() - started) / 1000
      const { user, system } = process.cpuUsage(before)
      const [own, kernel, total] = [user, system, user + system].map((us) => showSeconds(us / 1e6))
      host.print(
        `CPU times: user ${own}, sys: ${kernel}, total: ${total}\n` +
          `Wall time: ${showSeconds(wallSeconds)}\n`,
      )
    }
  },
}
