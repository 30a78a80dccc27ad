import { ArgumentError, type Logger, messageOf } from '../base/mod.ts'
import { type PortPlan, portsOfFiles } from '../controller/mod.ts'
import { readClientFile, readEngineFile } from '../node/mod.ts'

/** What a controller takes over from the files of an earlier one. */
export interface ReusedFiles {
  readonly key: string
  /** The public key that peers expect of the controller; null when they do not encrypt. */
  readonly curveServerKey: string | null
  readonly signatureScheme: string
  readonly location: string
  readonly clientInterface: string
  readonly engineInterface: string
  readonly ports: PortPlan
}

const mustAgree = [
  'key',
  'curve_serverkey',
  'registration',
  'pack',
  'unpack',
  'signature_scheme',
] as const

/**
 * Reads both connection files for `--reuse`; undefined, with a line in the log, when one is
 * missing or damaged or they are not of the same controller: new ones are written then.
 */
export async function reusedFiles(
  clientFile: string,
  engineFile: string,
  logger: Logger,
): Promise<ReusedFiles | undefined> {
  try {
    const client = await readClientFile(clientFile)
    const engine = await readEngineFile(engineFile)
    const different = mustAgree.find((key) => client[key] !== engine[key])
    if (different !== undefined) {
      throw new ArgumentError(`${clientFile} and ${engineFile} do not agree on '${different}'`)
    }
    return {
      key: client.key,
      curveServerKey: client.curve_serverkey,
      signatureScheme: client.signature_scheme,
      location: client.location,
      clientInterface: client.interface,
      engineInterface: engine.interface,
      ports: portsOfFiles(client, engine),
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const text = `no connection files to reuse, new ones are made: ${messageOf(error)}`
    if (missing) logger.info(text)
    else logger.error(text)
    return undefined
  }
}
