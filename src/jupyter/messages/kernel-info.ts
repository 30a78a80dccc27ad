import type { EngineFacts } from '../engine-facts.ts'
import { isObject, type JsonValue } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/** The version of Jupyter's messaging that the replies follow. */
const protocolVersion = '5.3'
const ownImplementation = 'iparallel'

/** Asks a kernel what it speaks. Every kernel of Jupyter answers, on its control channel too. */
export const kernelInfoRequest: MessageSpec<Record<never, never>> = {
  msgType: 'kernel_info_request',
  encode: () => ({}),
  decode: () => ({}),
}

/** The part of the answer that describes an engine; whatever is not there is left out. */
export const kernelInfoReply: MessageSpec<EngineFacts> = {
  msgType: 'kernel_info_reply',
  encode: ({ language = '', runtime = '', version = '' }) => ({
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: ownImplementation,
    implementation_version: version,
    language_info: {
      name: language,
      version: runtime,
      mimetype: 'text/x-typescript',
      file_extension: '.ts',
    },
    banner: `${ownImplementation} ${version}`,
    help_links: [],
  }),
  decode: (content) => {
    const about = isObject(content['language_info']) ? content['language_info'] : {}
    const isOurs = content['implementation'] === ownImplementation
    return present({
      language: text(about['name'])?.toLowerCase(),
      runtime: text(about['version']),
      version: isOurs ? text(content['implementation_version']) : undefined,
    })
  },
}

/**
 * Asks a kernel where it runs. ipykernel answers since its version 6.10, on its control channel.
 * Source: `usage_request` of ipykernel's `kernelbase.py`.
 */
export const usageRequest: MessageSpec<Record<never, never>> = {
  msgType: 'usage_request',
  encode: () => ({}),
  decode: () => ({}),
}

/** The part of the answer that describes an engine; whatever is not there is left out. */
export const usageReply: MessageSpec<EngineFacts> = {
  msgType: 'usage_reply',
  encode: ({ hostname = '', pid = 0, cores = 0 }) => ({
    status: 'ok',
    hostname,
    pid,
    cpu_count: cores,
  }),
  decode: ({ hostname, pid, cpu_count }) =>
    present({ hostname: text(hostname), pid: count(pid), cores: count(cpu_count) }),
}

/** As long as facts of a registration may be. */
function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

function present(facts: { [K in keyof EngineFacts]: EngineFacts[K] | undefined }): EngineFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}
