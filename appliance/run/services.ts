import { XkError } from '../../kernels/host/xk-error.ts'
import { replay } from './replay.ts'
import { rerun } from './rerun.ts'
import type { RunServices } from './types.ts'

function refuse(): never {
  throw new XkError({ code: 'not-built', what: 'this command has no kernels to run yet' })
}

/** What the commands run. */
export const services: RunServices = { replay, rerun, benchRing: refuse, benchPath: refuse }
