import type { FunctionCodec } from '../serialize/mod.ts'
import type { BuiltinCall } from './builtin-calls.ts'
import { ensureModuleHooks, mayImportFiles } from './modules/module-loader.ts'

/** `functions`, and those that every engine has by name. */
export function withBuiltins(
  functions: FunctionCodec,
  builtins: ReadonlyMap<string, BuiltinCall>,
): FunctionCodec {
  return {
    describe: (fn) => functions.describe(fn),
    describeObject: (value) => functions.describeObject(value),
    ...(functions.classes && { classes: functions.classes }),
    refuse: (value) => functions.refuse(value),
    build(description) {
      if (mayImportFiles(description.text)) ensureModuleHooks()
      const builtin = description.kind === 'builtin' ? builtins.get(description.text) : undefined
      return builtin === undefined ? functions.build(description) : { value: builtin, bind() {} }
    },
  }
}
