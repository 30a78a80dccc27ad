import { field, isObject, type JsonObject } from '../json.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

export const kernelInfoRequest: MessageSpec<Record<never, never>> = emptySpec('kernel_info_request')

/** What front ends need to know of the language: how to colour it, how to name files of it. */
export interface LanguageInfo {
  readonly name: string
  readonly version: string
  readonly mimetype: string
  /** With its dot. */
  readonly fileExtension: string
  readonly pygmentsLexer?: string | undefined
  /** A mode's name, or a mode with its options. */
  readonly codemirrorMode?: string | JsonObject | undefined
}

export interface KernelInfo {
  readonly protocolVersion: string
  readonly implementation: string
  readonly implementationVersion: string
  readonly language: LanguageInfo
  readonly banner: string
  readonly helpLinks: readonly { readonly text: string; readonly url: string }[]
  /** `debugger`, `kernel subshells`. */
  readonly supportedFeatures: readonly string[]
}

/** Source: Jupyter messaging 5.4, "Kernel info". */
export const kernelInfoReply: MessageSpec<KernelInfo> = {
  msgType: 'kernel_info_reply',
  encode: (info) => ({
    status: 'ok',
    protocol_version: info.protocolVersion,
    implementation: info.implementation,
    implementation_version: info.implementationVersion,
    language_info: {
      name: info.language.name,
      version: info.language.version,
      mimetype: info.language.mimetype,
      file_extension: info.language.fileExtension,
      pygments_lexer: info.language.pygmentsLexer,
      codemirror_mode: info.language.codemirrorMode,
    },
    banner: info.banner,
    debugger: info.supportedFeatures.includes('debugger'),
    help_links: info.helpLinks.map(({ text, url }) => ({ text, url })),
    supported_features: [...info.supportedFeatures],
  }),
  decode: (content) => {
    const language = isObject(content['language_info']) ? content['language_info'] : {}
    const { pygments_lexer, codemirror_mode } = language
    return {
      protocolVersion: field.string(content['protocol_version'], 'protocol_version'),
      implementation: textOr(content['implementation'], ''),
      implementationVersion: textOr(content['implementation_version'], ''),
      language: {
        name: textOr(language['name'], ''),
        version: textOr(language['version'], ''),
        mimetype: textOr(language['mimetype'], 'text/plain'),
        fileExtension: textOr(language['file_extension'], '.txt'),
        ...(typeof pygments_lexer === 'string' ? { pygmentsLexer: pygments_lexer } : {}),
        ...(typeof codemirror_mode === 'string' || isObject(codemirror_mode)
          ? { codemirrorMode: codemirror_mode }
          : {}),
      },
      banner: textOr(content['banner'], ''),
      helpLinks: readLinks(content['help_links']),
      supportedFeatures: readFeatures(content),
    }
  },
}

function textOr(value: unknown, absent: string): string {
  return typeof value === 'string' ? value : absent
}

function readLinks(value: unknown): { text: string; url: string }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((link: unknown) =>
    isObject(link) && typeof link['text'] === 'string' && typeof link['url'] === 'string'
      ? [{ text: link['text'], url: link['url'] }]
      : [],
  )
}

/** Before 5.4 there was but one feature, with a field of its own. */
function readFeatures(content: JsonObject): string[] {
  const { supported_features, debugger: hasDebugger } = content
  if (Array.isArray(supported_features)) {
    return supported_features.filter((name): name is string => typeof name === 'string')
  }
  return hasDebugger === true ? ['debugger'] : []
}
