import { bash } from './list/bash.ts'
import { cd } from './list/cd.ts'
import { cmd } from './list/cmd.ts'
import { env } from './list/env.ts'
import { history } from './list/history.ts'
import { html } from './list/html.ts'
import { load } from './list/load.ts'
import { ls } from './list/ls.ts'
import { lsmagic } from './list/lsmagic.ts'
import { markdown } from './list/markdown.ts'
import { pinfo, pinfo2 } from './list/pinfo.ts'
import { pwd } from './list/pwd.ts'
import { reset } from './list/reset.ts'
import { run } from './list/run.ts'
import { script } from './list/script.ts'
import { setEnv } from './list/set-env.ts'
import { sh } from './list/sh.ts'
import { svg } from './list/svg.ts'
import { sx } from './list/sx.ts'
import { system } from './list/system.ts'
import { time } from './list/time.ts'
import { timeit } from './list/timeit.ts'
import { who } from './list/who.ts'
import { whos } from './list/whos.ts'
import { writefile } from './list/writefile.ts'
import type { Magic } from './magic.ts'

/** The magics of every kernel. */
export const ownMagics: readonly Magic[] = [
  bash,
  cd,
  cmd,
  env,
  history,
  html,
  load,
  ls,
  lsmagic,
  markdown,
  pinfo,
  pinfo2,
  pwd,
  reset,
  run,
  script,
  setEnv,
  sh,
  svg,
  sx,
  system,
  time,
  timeit,
  who,
  whos,
  writefile,
]
