import { TIME_ZONE_DEFAULT } from '../../feeds/capture/find-session-epoch.ts'
import { commandScript } from './command-script.ts'
import { GATE_SETTINGS } from './gate-settings.ts'
import { LIVE_SETTINGS } from './live-settings.ts'
import type { Section } from './setting-kinds.ts'
import * as kind from './setting-kinds.ts'

/**
 * Every setting of the appliance: its default, what is allowed, and why the default is what it is. The type of the
 * configuration, its validation, `--set` and the documentation derive from this one table.
 */
export const SETTINGS = {
  instance: kind.name({
    about: 'name of the instance; its shared memory lies in /dev/shm/xk-<instance>',
    fallback: 'main',
    reason: 'one appliance a server is the rule; a second one needs a name of its own',
  }),
  feed: {
    files: kind.paths({
      about:
        'capture files (pcap, pcapng, raw ITCH, DBN; gzip or zstd too), read in this order; or the folder of one journal',
      reason: 'given by the command line in most runs',
    }),
    timeZone: kind.timeZone({
      about: 'where the exchange is: at its midnight the times of a session begin',
      fallback: TIME_ZONE_DEFAULT,
      reason: 'feeds of the United States stamp by the clock of New York; no capture file tells its zone',
    }),
    date: kind.date({
      about: "the session's day there, instead of that of the first packet",
      reason: 'captures tell their day; raw files of messages do not, and then none is shown',
    }),
  },
  strategies: kind.strategies({
    about: 'plugins and their parameters; a bundled one by its name, others by their path',
    reason: 'without any, the bundled ones run',
  }),
  speed: kind.speed({
    about: '"max", or how many times faster than recorded',
    fallback: 'max',
    reason: 'the decisions are the same at any speed, so the fastest is the handiest',
  }),
  layout: kind.choice({
    about: 'three processes, or the same three kernels stepped on one thread',
    allowed: ['processes', 'inline'],
    fallback: 'processes',
    reason: 'the layout that trades is the one to exercise',
  }),
  seed: kind.integer({
    about: "seed of the strategies' random generators",
    fallback: 1,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    reason: 'a fixed seed makes two runs comparable; it is journaled with the session',
  }),
  venue: {
    feedLatencyNs: kind.latencyNs({
      about: 'from the exchange to the strategy: market data',
      fallback: 5_000,
      reason: 'fibre and switch hops within one data centre, a kernel-bypass receiver',
    }),
    entryLatencyNs: kind.latencyNs({
      about: 'from the gate to the exchange: orders',
      fallback: 20_000,
      reason: "order entry passes the exchange's own gateway and its risk checks",
    }),
    responseLatencyNs: kind.latencyNs({
      about: 'from the exchange to the strategy: responses',
      fallback: 20_000,
      reason: 'the way back through the same gateway',
    }),
    gateLatencyNs: kind.latencyNs({
      about: "from a decision to the gate's reject of it",
      fallback: 10_000,
      reason: 'local, and the least floor of the feedback paths: it bounds how far kernels may run apart',
    }),
  },
  gate: GATE_SETTINGS,
  commands: commandScript({
    about: 'what an operator will say and when: kills, releases, tighter limits; for rehearsals and replays',
    reason: 'nobody interferes unless it is written down',
  }),
  day: {
    startFile: kind.optionalPath({
      about: 'start-of-day file: opening positions, ticks and lots, the restricted list',
      reason: 'without one a session begins flat and every instrument may be traded',
    }),
    onMismatch: kind.choice({
      about: 'what to do when the opening positions are not the closing ones of the day before',
      allowed: ['refuse', 'warn'],
      fallback: 'refuse',
      reason: 'a position that nobody can explain is looked into before it is traded on',
    }),
  },
  live: LIVE_SETTINGS,
  rings: {
    inboundBytes: kind.ringBytes({
      about: 'ring from the I/O kernel to the strategy and storage kernels',
      fallback: 16 * 1024 * 1024,
      reason: 'some 230,000 records: a sync stall of 100 ms at two million records a second',
    }),
    outboundBytes: kind.ringBytes({
      about: 'ring from the strategy kernel to the I/O and storage kernels',
      fallback: 4 * 1024 * 1024,
      reason: 'some 58,000 records; orders are two orders of magnitude rarer than market data',
    }),
    inboundReserveBytes: kind.bytes({
      about: 'slice of the inbound ring kept for rejects, cancels and lifecycle records',
      fallback: 256 * 1024,
      min: 4096,
      max: 64 * 1024 * 1024,
      reason: 'room for some 3,600 responses while market data is held back',
    }),
    delayLineRecords: kind.recordCount({
      about: 'market records that the I/O kernel holds while exchange, feed and gate see them at their own times',
      fallback: 262_144,
      min: 1_024,
      max: 16_777_216,
      reason: 'somewhat more than the inbound ring holds; latencies of milliseconds span far fewer',
    }),
  },
  step: {
    inboundBatch: kind.stepBatch({
      about: 'records that the I/O kernel publishes at most per step',
      fallback: 256,
      reason: 'amortises one atomic store over a batch that still fits the first-level cache',
    }),
    strategyBatch: kind.stepBatch({
      about: 'inbound records that the strategy kernel consumes at most per step',
      fallback: 256,
      reason: 'as above, for the cursor',
    }),
    storageBatch: kind.stepBatch({
      about: 'records that the storage kernel copies at most per step and ring',
      fallback: 4096,
      reason: 'storage is after throughput, nobody waits for its answer',
    }),
  },
  journal: {
    folder: kind.path({
      about: 'where journals lie, one folder for each run',
      fallback: '.xk/journal',
      reason: 'beside the work, never in the source tree of git',
    }),
    segmentBytes: kind.bytes({
      about: 'size of a segment file, preallocated',
      fallback: 64 * 1024 * 1024,
      min: 64 * 1024,
      max: 1024 * 1024 * 1024,
      reason: 'few files a day, yet little is allocated ahead on a small disk',
    }),
    durability: kind.choice({
      about:
        'when records are made durable: "async" when a segment is full, "group" in groups, "sync" before an order leaves',
      allowed: ['async', 'group', 'sync'],
      fallback: 'group',
      reason: 'bounds what power loss takes to a few milliseconds, and no order waits for the disk',
    }),
    groupDelayUs: kind.integer({
      about: 'with "group": longest that a record waits for others to be committed with it, in microseconds',
      fallback: 1_000,
      min: 0,
      max: 1_000_000,
      reason: 'about one fdatasync of a good drive: halves the rate of syncs, hardly adds to their latency',
    }),
    sealKey: kind.optionalPath({
      about: 'file of a private Ed25519 key (PEM) that signs the seal of each segment',
      reason: 'seals show what was altered without a key, too; a signature shows who sealed it',
    }),
    compress: kind.flag({
      about: 'whether sealed segments are compressed (zstd) in the background, all but the last two',
      fallback: false,
      reason: 'takes up to half a core: for hosts with a core for housekeeping; xk journal compress does it afterwards',
    }),
    stallMs: kind.integer({
      about: 'a storage kernel that takes, writes or syncs nothing for longer, though there is work, counts as stalled',
      fallback: 80,
      min: 20,
      max: 60_000,
      reason: 'with the 20 ms between two looks it is seen within 100 ms',
    }),
    onStall: kind.choice({
      about:
        'what a stall does: "continue" until the rings are full, which holds the flow, or "halt" the session in order',
      allowed: ['continue', 'halt'],
      fallback: 'continue',
      reason: 'shared disks stall for longer than this every day; the rings hold what comes meanwhile',
    }),
    diskWarnBytes: kind.bytes({
      about: 'a warning is given when the disk of the journal has less free than this',
      fallback: 2 * 1024 * 1024 * 1024,
      min: 0,
      max: 1024 * 1024 * 1024 * 1024 * 8,
      reason: 'some thirty segments: time to make room',
    }),
    diskHaltBytes: kind.bytes({
      about: 'the session is halted in order when the disk of the journal has less free than this; 0 for never',
      fallback: 256 * 1024 * 1024,
      min: 0,
      max: 1024 * 1024 * 1024 * 1024 * 8,
      reason: 'room for what is on its way, and for the file system itself',
    }),
    keepDays: kind.integer({
      about: 'journals whose newest segment is older than so many days are removed after a run; 0 keeps all',
      fallback: 0,
      min: 0,
      max: 36_500,
      reason: 'what is removed is gone: nothing is unless asked for',
    }),
    keepCount: kind.integer({
      about: 'how many journals are kept, the newest ones; the others are removed after a run; 0 keeps all',
      fallback: 0,
      min: 0,
      max: 1_000_000,
      reason: 'as above',
    }),
    keepBytes: kind.bytes({
      about: 'how large all journals together may be; the oldest are removed after a run; 0 keeps all',
      fallback: 0,
      min: 0,
      max: 1024 * 1024 * 1024 * 1024 * 64,
      reason: 'as above',
    }),
    catalogue: kind.flag({
      about: 'whether a run is entered in the catalogue of its folder when it has ended (xk journal query)',
      fallback: true,
      reason: 'some seconds a million records, after the last one; xk journal reindex does it later',
    }),
  },
  snapshots: {
    everyRecords: kind.integer({
      about: 'inbound records between two snapshots of the strategy kernel and of the I/O kernel; 0 for none',
      fallback: 0,
      min: 0,
      max: 1_000_000_000,
      reason: 'without one a restarted kernel decides again from the start, some hundred thousand records a second',
    }),
    pauseMsMax: kind.integer({
      about: 'a snapshot that holds its kernel up for longer doubles the distance to the next, in milliseconds',
      fallback: 50,
      min: 1,
      max: 60_000,
      reason: 'a hundredth of what counts as hung',
    }),
  },
  supervisor: {
    heartbeatTimeoutMs: kind.integer({
      about: 'a kernel whose heartbeat stands still for longer counts as hung',
      fallback: 5_000,
      min: 10,
      max: 600_000,
      reason: 'longer than a busy shared core keeps a kernel waiting; lower it where each kernel owns its core',
    }),
    prepareTimeoutMs: kind.integer({
      about: 'a kernel that was started anew and does not run by then is killed, which counts as a death',
      fallback: 600_000,
      min: 100,
      max: 86_400_000,
      reason: 'without snapshots it decides the whole session again first; only one that hangs takes as long',
    }),
    hookBudgetMs: kind.integer({
      about: 'longest that one call of a strategy hook may compute, in milliseconds of its core',
      fallback: 500,
      min: 1,
      max: 600_000,
      reason: 'thousands of times what a hook takes; only a loop that does not end overruns it',
    }),
    restartsMax: kind.integer({
      about: 'restarts of one kernel in a run before the run is given up',
      fallback: 3,
      min: 0,
      max: 100,
      reason: 'a kernel that dies three times dies of something that a restart does not mend',
    }),
    standby: kind.choice({
      about: 'whether a second strategy kernel follows the live one and takes over when that one dies',
      allowed: ['off', 'on'],
      fallback: 'off',
      reason: 'decides everything twice: for hosts where a restart of some seconds costs more than half a core',
    }),
    rehearse: kind.flag({
      about: 'whether the kernels trade a made-up session before the real one, some seconds long',
      fallback: true,
      reason: 'compiled code makes no garbage: the first record meets the same kernel as the millionth',
    }),
  },
  cores: kind.cores({
    about: '"auto", or a core for each of io, strategy, storage, housekeeping',
    reason: 'the plan reads the topology; explicit cores are for isolated ones (isolcpus)',
  }),
  scheduling: kind.choice({
    about: 'real-time priority (fifo) for kernels that block, or none (other)',
    allowed: ['other', 'fifo'],
    fallback: 'other',
    reason: 'needs no privilege; a spinning kernel never runs fifo, whatever stands here',
  }),
} as const satisfies Section
