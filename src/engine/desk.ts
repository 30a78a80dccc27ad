import {
  commInfoReply,
  commInfoRequest,
  type EngineFacts,
  type JsonObject,
  type KernelConnectionInfo,
  type KernelInfo,
  kernelInfoReply,
  type Message,
  usageReply,
} from '../jupyter/mod.ts'
import type { CommLine } from './evaluator.ts'

/** What is particular about this program, the runtime under it, and the process. */
export type KernelFacts = Omit<EngineFacts, 'language'>

/** The Jupyter messaging protocol that is spoken to front ends. */
export const kernelProtocolVersion = '5.4'

function kernelInfo({ version = '', runtime = '' }: KernelFacts): KernelInfo {
  return {
    protocolVersion: kernelProtocolVersion,
    implementation: 'iparallel',
    implementationVersion: version,
    language: {
      name: 'typescript',
      version: runtime.replace(/^v/, ''),
      mimetype: 'application/typescript',
      fileExtension: '.ts',
      pygmentsLexer: 'typescript',
      codemirrorMode: 'typescript',
    },
    banner: `iparallel ${version}: TypeScript on Node ${runtime}`,
    helpLinks: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'JavaScript', url: 'https://developer.mozilla.org/docs/Web/JavaScript' },
      { text: 'Node.js', url: 'https://nodejs.org/docs/latest/api/' },
    ],
    supportedFeatures: [],
  }
}

export interface DeskOptions {
  readonly facts: KernelFacts
  readonly comms: CommLine | undefined
  /** Where a kernel listens; an engine does not. */
  readonly info?: KernelConnectionInfo
}

/** Answers what front ends ask about the kernel itself, on whichever line they ask. */
export class Desk {
  readonly #options: DeskOptions

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** The reply's content; undefined for a request of another kind. */
  async answer({ header, content }: Message): Promise<JsonObject | undefined> {
    const { facts, comms, info } = this.#options
    switch (header.msgType) {
      case 'kernel_info_request':
        return kernelInfoReply.encode(kernelInfo(facts))
      case 'usage_request':
        return usageReply.encode(facts)
      case 'connect_request':
        return info === undefined ? { status: 'ok' } : { status: 'ok', ...portsOf(info) }
      case 'comm_info_request': {
        const { targetName } = commInfoRequest.decode(content)
        const open = Object.entries((await comms?.list()) ?? {})
        const meant = open.filter(([, name]) => targetName === undefined || name === targetName)
        return commInfoReply.encode({ comms: Object.fromEntries(meant) })
      }
      case 'debug_request':
        return refuseDebug(content)
      default:
        return undefined
    }
  }
}

function portsOf(info: KernelConnectionInfo): JsonObject {
  const { shell_port, iopub_port, stdin_port, hb_port, control_port } = info
  return { shell_port, iopub_port, stdin_port, hb_port, control_port }
}

/** In the form of the Debug Adapter Protocol, whose messages debug requests carry. */
function refuseDebug(content: JsonObject): JsonObject {
  const { seq, command } = content
  return {
    type: 'response',
    request_seq: typeof seq === 'number' ? seq : 0,
    success: false,
    command: typeof command === 'string' ? command : '',
    message: 'this kernel has no debugger of its own',
    body: {},
  }
}
