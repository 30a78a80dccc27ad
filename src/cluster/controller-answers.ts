import { connect } from 'node:net'
import type { Logger } from '../base/mod.ts'
import { readClientFile } from '../node/mod.ts'
import type { Profile } from './profile.ts'

/** Milliseconds for a controller of this machine to take a connection. */
const answerMs = 500

/** Whether something listens where the connection file says. */
export async function controllerAnswers(profile: Profile, clusterId: string): Promise<boolean> {
  try {
    const info = await readClientFile(profile.connectionFile('client', clusterId))
    const [, host] = /^tcp:\/\/(.+)$/.exec(info.interface) ?? []
    if (host === undefined) return true
    const address = host === '*' || host === '0.0.0.0' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '')
    return await answers(address, info.registration)
  } catch {
    return false
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const finish = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(answerMs, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** Says so when a controller is about to take the place of one that runs. */
export async function warnOfRunningController(
  profile: Profile,
  clusterId: string,
  logger: Logger,
): Promise<void> {
  if (!(await controllerAnswers(profile, clusterId))) return
  logger.warn(
    `a controller seems to run with profile ${profile.name} already; its connection files are ` +
      'replaced (--cluster-id lets both have their own)',
  )
}
