/**
 * Feeds over MoldUDP64 whose messages have the shape of ITCH (a type, then fields of fixed places) and that are not
 * decoded: which types they have and how long each is, so that a flow is told for what it is and its messages are counted.
 * Sources: the exchanges' specifications, as laid down in the dissectors of Open-Markets-Initiative/wireshark-lua (Asx:
 * AsxDerivatives Ntp Itch 1.05; Jnx: JnxEquities Pts Itch 1.6; Nasdaq: NsmEquities NlsPlus Itch 4.0, PsxEquities Bbo Itch
 * 2.1, IseOptions OrderComboFeed Itch 1.1 and TopComboQuoteFeed Itch 1.0, Uqdf Output Utp 1.5), and real packets of each.
 */
export interface OtherFormat {
  readonly name: string
  readonly title: string
  /** Offset of the type in a message, and its letters. */
  readonly typeAt: number
  readonly typeBytes: number
  /** Types that other feeds have with the same length: a packet of one of them alone may be of either. */
  readonly ambiguous?: string
  /** Length of each type's messages; with a step, of those with a variable number of entries. */
  readonly lengths: Readonly<Record<string, number | { readonly least: number; readonly step: number }>>
}

/** Japannext equities, PTS ITCH 1.6: seconds, then nanoseconds of them in each message. */
const JNX_ITCH: OtherFormat = {
  name: 'jnxItch',
  title: 'Japannext PTS ITCH 1.6 over MoldUDP64',
  typeAt: 0,
  typeBytes: 1,
  ambiguous: 'TS',
  lengths: { T: 5, S: 10, L: 17, R: 45, H: 14, Y: 14, A: 30, F: 35, E: 25, D: 13, U: 29 },
}

/** ASX 24 derivatives, NTP ITCH 1.05. */
const ASX_ITCH: OtherFormat = {
  name: 'asxItch',
  title: 'ASX 24 ITCH 1.05 over MoldUDP64',
  typeAt: 0,
  typeBytes: 1,
  ambiguous: 'T',
  lengths: {
    T: 5,
    S: 8,
    f: 180,
    h: 220,
    M: { least: 120, step: 17 },
    m: { least: 120, step: 1 },
    O: 12,
    A: 40,
    X: 24,
    D: 20,
    E: 56,
    C: 53,
    e: 66,
    j: 40,
    l: 40,
    k: 20,
    P: 46,
    p: 80,
    B: 19,
    Z: 43,
    t: 55,
    Y: 55,
    x: 113,
    q: 16,
    W: 59,
    V: 29,
  },
}

/** Best prices of Nasdaq, BX or PSX alone. */
const NASDAQ_BBO: OtherFormat = {
  name: 'nasdaqBbo',
  title: 'Nasdaq, BX or PSX BBO 2.1 over MoldUDP64',
  typeAt: 0,
  typeBytes: 1,
  lengths: { S: 10, R: 37, H: 23, Y: 18, V: 33, W: 10, h: 19, Q: 34, A: 22 },
}

/** Last sales of Nasdaq's three markets: tracking number and time come before the type. */
const NLS_PLUS: OtherFormat = {
  name: 'nlsPlus',
  title: 'Nasdaq Last Sale Plus 4.0 over MoldUDP64',
  typeAt: 8,
  typeBytes: 1,
  lengths: { T: 49, t: 53, H: 24, Y: 18 },
}

/** Complex orders and best complex quotes of Nasdaq ISE options. */
const ISE_COMBO: OtherFormat = {
  name: 'iseCombo',
  title: 'Nasdaq ISE complex order 1.1 and top complex quote 1.0 over MoldUDP64',
  typeAt: 0,
  typeBytes: 1,
  lengths: {
    S: 14,
    R: { least: 27, step: 28 },
    H: 12,
    O: 12,
    L: 42,
    J: { least: 49, step: 8 },
    C: 68,
    D: 40,
    E: 40,
    t: 52,
  },
}

const QUOTES = ['QE', 'QF', 'QM']
const ADMINISTRATION = ['AA', 'AH', 'AK', 'AB', 'AV', 'AP', 'AC', 'AD', 'AE', 'AR']
const CONTROLS = ['CI', 'CJ', 'CO', 'CC', 'CZ', 'CP']
const UTP_LEAST_BYTES = 20

/** Consolidated quotes of Nasdaq-listed stocks: version, category and type; lengths vary with what is appended. */
const UQDF: OtherFormat = {
  name: 'uqdf',
  title: 'UTP quotation data feed 1.5 over MoldUDP64',
  typeAt: 0,
  typeBytes: 3,
  lengths: Object.fromEntries(
    [...QUOTES, ...ADMINISTRATION, ...CONTROLS].map((type) => [`1${type}`, { least: UTP_LEAST_BYTES, step: 1 }]),
  ),
}

/** Among formats that a packet fits equally, the first one is taken. */
export const OTHER_FORMATS: readonly OtherFormat[] = [NASDAQ_BBO, NLS_PLUS, ISE_COMBO, UQDF, ASX_ITCH, JNX_ITCH]
