import { isDbnAnyVersion } from '../dbn/recognise.ts'
import { looksLikeMoldPayloads } from './mold-payloads.ts'

/** A kind of file that is not read: what it is, and what to do instead. */
export interface KnownFile {
  readonly what: string
  /** Why it is not read, or what can be. */
  readonly advice: string
}

interface Signature extends KnownFile {
  readonly matches: (head: Uint8Array, text: string) => boolean
}

/** Text that is looked at: one line of any of the formats. */
const TEXT_BYTES = 2048

function startsWith(...bytes: readonly number[]): Signature['matches'] {
  return (head) => bytes.every((byte, i) => head[i] === byte)
}

function firstLine(pattern: RegExp): Signature['matches'] {
  return (_, text) => pattern.test(text.split('\n', 1)[0]!.trimEnd())
}

const DECOMPRESS = 'decompress it first; gzip and zstd are read as they are'
const TABLE = 'columns of records say nothing about how the exchange sent them: give the capture or the DBN file'
const NO_BINARY = 'feeds of text messages are not read: only the binary feeds of exchanges are'

/** Formats that people try, the most particular first. */
const SIGNATURES: readonly Signature[] = [
  {
    what: 'a DBN file of a version that is not known',
    advice: 'versions 1 to 3 are read: convert it with the dbn tool',
    matches: (head) => isDbnAnyVersion(head, 0),
  },
  {
    what: 'a DBZ file, the format before DBN',
    advice: 'convert it with the dbn tool',
    matches: (head, text) => head[0] === 0x51 && head[1] === 0x2a && text.includes('DBZ'),
  },
  {
    what: 'a table that xk convert wrote',
    advice: 'tables are not read back: give the capture, or the folder of the journal, that it was made from',
    matches: firstLine(/^(record,)?timeNs,symbol,sequence,|^\{"record":"\w+","timeNs":/),
  },
  {
    what: 'Databento records as CSV',
    advice: 'ask for the same records in the DBN encoding, which is read',
    matches: firstLine(/^("?)(,|[a-z_]*,)?ts_(recv|event)\b.*\b(rtype|publisher_id)\b/),
  },
  {
    what: 'a LOBSTER message file',
    advice:
      'it is a reconstruction of one stock, without what the exchange sent: give the ITCH file that it was made from',
    matches: firstLine(/^\d{4,5}(\.\d+)?,[1-7],\d+,\d+,-?\d+,-?1(,.*)?$/),
  },
  {
    what: 'a LOBSTER order book file',
    advice: 'it holds states of a book, not messages: give the ITCH file that it was made from',
    matches: firstLine(/^(-?\d+,\d+,-?\d+,\d+,)*-?\d+,\d+,-?\d+,\d+$/),
  },
  {
    what: 'websocket messages of a crypto exchange as hftbacktest records them',
    advice: NO_BINARY,
    matches: firstLine(/^\d{16,19} [[{]/),
  },
  {
    what: 'raw messages of a crypto exchange as cryptofeed records them',
    advice: NO_BINARY,
    matches: firstLine(/^(wss?|https?):\/\/\S+/),
  },
  {
    what: 'MoldUDP64 packets without the datagrams around them',
    advice: 'their addresses and times are lost: give the capture that they were taken from',
    matches: (head) => looksLikeMoldPayloads(head),
  },
  {
    what: 'a Git LFS pointer, not the file that it stands for',
    advice: 'fetch the file itself: git lfs pull',
    matches: (_, text) => text.startsWith('version https://git-lfs.github.com/spec/'),
  },
  {
    what: 'a web page',
    advice: 'the download went wrong: what was saved is a page about the file or about an error',
    matches: (_, text) => /^\s*<(!doctype html|html|head|\?xml[^>]*>\s*<(!doctype html|html|Error))/i.test(text),
  },
  {
    what: 'an SBE schema',
    advice: 'it says how messages are laid out, and holds none: give a capture',
    matches: (_, text) => /<(\w+:)?messageSchema\b/.test(text),
  },
  { what: 'an XML document', advice: NO_BINARY, matches: (_, text) => /^(\xef\xbb\xbf)?\s*<\?xml\b/.test(text) },
  { what: 'a zip archive', advice: 'unpack it first', matches: startsWith(0x50, 0x4b, 0x03, 0x04) },
  { what: 'a 7z archive', advice: 'unpack it first', matches: startsWith(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) },
  {
    what: 'a tar archive',
    advice: 'unpack it first',
    matches: (head) => Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar',
  },
  { what: 'xz-compressed', advice: DECOMPRESS, matches: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00) },
  { what: 'bzip2-compressed', advice: DECOMPRESS, matches: startsWith(0x42, 0x5a, 0x68) },
  { what: 'LZ4-compressed', advice: DECOMPRESS, matches: startsWith(0x04, 0x22, 0x4d, 0x18) },
  {
    what: 'a snoop capture',
    advice: 'convert it: editcap -F pcap FILE NEW',
    matches: startsWith(0x73, 0x6e, 0x6f, 0x6f, 0x70, 0x00, 0x00, 0x00),
  },
  {
    what: 'a Network Monitor capture',
    advice: 'convert it: editcap -F pcap FILE NEW',
    matches: startsWith(0x47, 0x4d, 0x42, 0x55),
  },
  { what: 'a Parquet file', advice: TABLE, matches: startsWith(0x50, 0x41, 0x52, 0x31) },
  { what: 'an Arrow file', advice: TABLE, matches: startsWith(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31) },
  { what: 'an HDF5 file', advice: TABLE, matches: startsWith(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a) },
  { what: 'a NumPy array', advice: TABLE, matches: startsWith(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) },
  {
    what: 'an SQLite database',
    advice: TABLE,
    matches: (_, text) => text.startsWith('SQLite format 3'),
  },
  { what: 'JSON text', advice: NO_BINARY, matches: (_, text) => /^\s*[[{]\s*["{[\d]/.test(text) },
]

/**
 * What a file that is not read is, where its beginning tells; undefined where it does not.
 * @param head the first bytes, decompressed
 */
export function describeKnownFile(head: Uint8Array): KnownFile | undefined {
  const text = Buffer.from(head.subarray(0, TEXT_BYTES)).toString('latin1')
  return SIGNATURES.find(({ matches }) => matches(head, text))
}
