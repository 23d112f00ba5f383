import type { RecordViews } from '../../kernels/records/views.ts'

/** Answers of `RecordInput.next` that are no offset. */
export enum InputRead {
  /** None yet: ask again later. */
  NotYet = -1,
  End = -2,
}

/** What an input was, once it is read. Field names are relied on by scripts. */
export interface InputFacts {
  /** pcap, pcapng, a protocol of messages, or journal. */
  readonly kind: string
  /** As stored; 0 for a journal. */
  readonly bytes: number
  /** Messages by protocol and type; none of a journal. */
  readonly messages: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What was not decoded, by reason. */
  readonly undecoded: Readonly<Record<string, number>>
  /** Why it could not be read to its end, or is damaged. */
  readonly errors: readonly { readonly code: string; readonly message: string }[]
  /** False where bytes were left that could not be read; an end inside of the last record leaves none. */
  readonly isReadToEnd: boolean
}

/** Market records from anywhere, one after the other, with a sequence number in each header. */
export interface RecordInput {
  /** Unix time of the session's epoch; undefined where the date is not known. */
  readonly epochSeconds: number | undefined
  /** What offsets of `next` are relative to; the record stays until the next call. */
  readonly views: RecordViews
  /** @returns the offset of the next record, or an `InputRead` */
  next(): number
  /** How much is read, from 0 to 1; undefined where the end is not known. */
  progress(): number | undefined
  facts(): InputFacts
  close(): void
}

/** How an input's times are to be understood. */
export interface InputOptions {
  /** IANA name of the exchange's time zone. */
  readonly timeZone: string
  /** The exchange's date, `YYYY-MM-DD`, where the input does not tell it. */
  readonly date?: string | undefined
  /** Names of the protocols that flows and files are taken for; all, by their contents, if not given. */
  readonly feeds?: readonly string[] | undefined
}
