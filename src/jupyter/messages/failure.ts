import { isObject, type JsonObject } from '../json.ts'

/** Where an error happened; empty when the controller made the reply. */
export interface EngineInfo {
  readonly engineUuid?: string
  readonly engineId?: number
  readonly method?: string
}

/** The error form of any reply's content. */
export interface FailureContent {
  readonly status: 'error'
  readonly ename: string
  readonly evalue: string
  readonly traceback: readonly string[]
  readonly engineInfo: EngineInfo
}

export function encodeFailure(failure: FailureContent): JsonObject {
  const { engineUuid, engineId, method } = failure.engineInfo
  return {
    status: 'error',
    ename: failure.ename,
    evalue: failure.evalue,
    traceback: [...failure.traceback],
    engine_info: {
      ...(engineUuid === undefined ? {} : { engine_uuid: engineUuid }),
      ...(engineId === undefined ? {} : { engine_id: engineId }),
      ...(method === undefined ? {} : { method }),
    },
  }
}

/** Reads leniently: an error report with a field missing is still an error report. */
export function decodeFailure(content: JsonObject): FailureContent {
  const info = isObject(content['engine_info']) ? content['engine_info'] : {}
  const { engine_uuid, engine_id, method } = info
  const { ename, evalue, traceback } = content
  return {
    status: 'error',
    ename: typeof ename === 'string' && ename !== '' ? ename : 'Error',
    evalue: typeof evalue === 'string' ? evalue : '',
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
    engineInfo: {
      ...(typeof engine_uuid === 'string' ? { engineUuid: engine_uuid } : {}),
      ...(typeof engine_id === 'number' && engine_id >= 0 ? { engineId: engine_id } : {}),
      ...(typeof method === 'string' ? { method } : {}),
    },
  }
}
