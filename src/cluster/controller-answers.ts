import { connect } from 'node:net'
import type { Logger } from '../base/mod.ts'
import { reachableInterface } from '../jupyter/mod.ts'
import { hostFacts, readClientFile, readEngineFile } from '../node/mod.ts'
import type { ConnectionRole, Profile } from './profile.ts'

/** Milliseconds for a controller to take a connection. */
const answerMs = 500

/** Whether something listens where the connection files say; one may have been brought here. */
export async function controllerAnswers(profile: Profile, clusterId: string): Promise<boolean> {
  const file = (role: ConnectionRole) => profile.connectionFile(role, clusterId)
  try {
    const info = await readClientFile(file('client')).catch(() => readEngineFile(file('engine')))
    const [, host] = /^tcp:\/\/(.+)$/.exec(await reachableInterface(info, hostFacts())) ?? []
    if (host === undefined) return true
    return await answers(host.replace(/^\[|\]$/g, ''), info.registration)
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
