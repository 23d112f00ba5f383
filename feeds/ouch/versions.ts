import { OuchCodec } from './codec.ts'
import { REQUESTS_42 } from './request-layout-42.ts'
import { REQUESTS_50 } from './request-layout-50.ts'
import { RESPONSES_42 } from './response-fields-42.ts'
import { RESPONSES_50 } from './response-fields-50.ts'

/** Room that any message needs: the longest fields, and every option. */
export const OUCH_BYTES_MAX = 256

/** The versions that are spoken. */
export enum OuchVersion {
  V42 = 42,
  V50 = 50,
}

/** A version's codecs. */
export interface OuchCodecs {
  readonly version: OuchVersion
  /** From the client to the venue. */
  readonly requests: OuchCodec
  /** From the venue to the client. */
  readonly responses: OuchCodec
}

/** Codecs of a version, with counters of their own. */
export function createOuchCodecs(version: OuchVersion): OuchCodecs {
  return version === OuchVersion.V42
    ? { version, requests: new OuchCodec(REQUESTS_42), responses: new OuchCodec(RESPONSES_42) }
    : { version, requests: new OuchCodec(REQUESTS_50), responses: new OuchCodec(RESPONSES_50) }
}
