import type { Section } from './setting-kinds.ts'
import * as kind from './setting-kinds.ts'

/** Settings of a live session, `xk run`: where the feed is, where orders go, when trading halts. */
export const LIVE_SETTINGS = {
  feed: {
    lines: kind.endpoints({
      about: 'lines that bring the same MoldUDP64 packets: where to listen, and the group to join if it is one',
      reason: 'one line loses what two do not; none means that nothing is configured yet',
    }),
    interfaceAddress: kind.address({
      about: 'address of the interface on which groups are joined; * leaves it to the kernel',
      reason: 'a server with one feed card needs none',
    }),
    requestServer: kind.optionalEndpoint({
      about: 'MoldUDP64 re-request server, asked for what both lines lost',
      reason: 'without one a gap makes the books stale',
    }),
    snapshotServer: kind.optionalEndpoint({
      about: 'GLIMPSE server, from which books begin and begin again after a gap',
      reason: 'without one books are whole only from the first message of a session on',
    }),
    snapshotUsername: kind.text({ about: 'its user', fallback: '', max: 6, reason: 'six characters at most' }),
    snapshotPassword: kind.text({ about: 'its password', fallback: '', max: 10, reason: 'ten characters at most' }),
    receiveBufferBytes: kind.bytes({
      about: "size of each line's buffer in the kernel",
      fallback: 8 * 1024 * 1024,
      min: 4096,
      max: 1024 * 1024 * 1024,
      reason: 'bears a stall of some 10 ms at ten gigabits; net.core.rmem_max may grant less',
    }),
    heldPackets: kind.integer({
      about: 'packets that wait behind a hole at most',
      fallback: 4096,
      min: 16,
      max: 65_536,
      reason: 'a busy millisecond; what comes beyond is asked for again',
    }),
    gapPatienceMs: kind.integer({
      about: 'how long a hole may last before it is given up',
      fallback: 1000,
      min: 1,
      max: 600_000,
      reason: 'a re-request is answered within a few milliseconds, or not at all',
    }),
    requestRetryMs: kind.integer({
      about: 'after what time a hole is asked for again',
      fallback: 50,
      min: 1,
      max: 60_000,
      reason: 'longer than an answer takes, shorter than the patience',
    }),
  },
  entry: {
    protocol: kind.choice({
      about: 'how orders are entered, over SoupBinTCP',
      allowed: ['ouch50', 'ouch42'],
      fallback: 'ouch50',
      reason: 'the version that the exchange offers to new users',
    }),
    server: kind.optionalEndpoint({ about: 'order entry port of the venue', reason: 'without one nothing is traded' }),
    username: kind.text({ about: 'its user', fallback: '', max: 6, reason: 'six characters at most' }),
    password: kind.text({ about: 'its password', fallback: '', max: 10, reason: 'ten characters at most' }),
    firm: kind.text({
      about: 'firm on whose behalf orders are entered',
      fallback: '',
      max: 4,
      reason: "four characters; none leaves it to the user's default",
    }),
    reconnectMs: kind.integer({
      about: 'pause before a lost connection is made again',
      fallback: 1000,
      min: 1,
      max: 600_000,
      reason: 'does not hammer a venue that is coming back',
    }),
    heartbeatMs: kind.integer({
      about: 'silence after which a heartbeat is sent',
      fallback: 1000,
      min: 10,
      max: 60_000,
      reason: 'what SoupBinTCP says',
    }),
    silenceMs: kind.integer({
      about: 'silence of the venue after which the connection counts as lost',
      fallback: 15_000,
      min: 20,
      max: 600_000,
      reason: 'what SoupBinTCP says: fifteen heartbeats',
    }),
  },
  dropCopy: {
    server: kind.optionalEndpoint({
      about: "the venue's drop copy of what the firm executes, compared with order entry",
      reason: 'without one the word of order entry is taken',
    }),
    username: kind.text({ about: 'its user, often the firm', fallback: '', max: 6, reason: 'six characters at most' }),
    password: kind.text({ about: 'its password', fallback: '', max: 10, reason: 'ten characters at most' }),
    patienceMs: kind.integer({
      about: 'how long one of the two may know of an execution alone',
      fallback: 5_000,
      min: 10,
      max: 600_000,
      reason: 'copies come within milliseconds; a lost connection may take seconds to be back',
    }),
    onBreak: kind.choice({
      about: 'what a difference does beside being recorded',
      allowed: ['halt', 'report'],
      fallback: 'halt',
      reason: 'positions that are not known are not traded on',
    }),
  },
  halt: {
    onDisconnect: kind.flag({
      about: 'cancel all orders once a lost session with the venue is back',
      fallback: true,
      reason: 'strategies did not see what happened to their orders meanwhile',
    }),
    feedSilenceMs: kind.integer({
      about: 'cancel all orders when no packet came for so long; 0 never',
      fallback: 5_000,
      min: 0,
      max: 600_000,
      reason: 'a feed sends heartbeats every second',
    }),
    strategySilenceMs: kind.integer({
      about: "cancel all orders when the strategy kernel's heart stands still for so long; 0 never",
      fallback: 1_000,
      min: 0,
      max: 600_000,
      reason: 'longer than a busy shared core makes a kernel wait, shorter than a restart',
    }),
    storageSilenceMs: kind.integer({
      about: "cancel all orders when the storage kernel's heart stands still for so long; 0 never",
      fallback: 5_000,
      min: 0,
      max: 600_000,
      reason: 'a slow sync is done by a helper: the heart goes on',
    }),
    onStorageFailure: kind.flag({
      about: 'cancel all orders, and take no more, once the journal has failed',
      fallback: true,
      reason: 'what is not written down cannot be accounted for',
    }),
    clockErrorMsMax: kind.number({
      about: 'cancel all orders when the clock may be off by more than this; 0 never',
      fallback: 0,
      min: 0,
      max: 600_000,
      reason: 'hosts differ: one whose clock nobody disciplines would never trade; 0.1 is what MiFID II asks for',
    }),
    clockSource: kind.choice({
      about: "who tells: the kernel's largest error of its discipline, or the feed's times on arrival",
      allowed: ['kernel', 'feed'],
      fallback: 'kernel',
      reason: "the feed's times include its way; they need no discipline",
    }),
    ringShareMax: kind.number({
      about: 'cancel all orders when more than this share of the inbound ring waits for its readers; 0 never',
      fallback: 0.75,
      min: 0,
      max: 1,
      reason: 'a reader so far behind decides about the past',
    }),
  },
} as const satisfies Section
