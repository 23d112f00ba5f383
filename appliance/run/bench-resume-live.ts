import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { KillSchedule } from './kill-schedule.ts'
import { planLive } from './live-plan.ts'
import { runProcesses } from './process-run.ts'
import { readSnapshots } from './replay-result.ts'
import { createJournalFolder } from './run-folders.ts'
import { readProgress } from './run-progress.ts'
import type { LiveResumeBenchRequest, LiveResumeBenchResult } from './types.ts'

const HOST = '127.0.0.1'
const LOGIN = { username: 'bench', password: 'secret' }
/** Of the records that the session is to have, when its I/O kernel dies. */
const SHARES = [0.25, 0.5, 1]
/** A host that is busy with other things is no hang. */
const PATIENCE_MS = 60_000
/** Exchange messages for each record that is wanted: it must not run dry. */
const MESSAGES_PER_RECORD = 20

/**
 * A live session with an exchange in a box twice, without snapshots and with them; its I/O kernel is killed at three lengths of the
 * journal. The session ends when the last successor is back.
 */
export async function benchResumeLive(request: LiveResumeBenchRequest): Promise<LiveResumeBenchResult> {
  const { records, everyRecords, signal } = request
  const plain = await runOnce(request, 0)
  signal.throwIfAborted()
  const kept = await runOnce(request, everyRecords)
  return { records, everyRecords, rows: [...plain.rows, ...kept.rows], snapshots: kept.snapshots }
}

async function runOnce(request: LiveResumeBenchRequest, everyRecords: number) {
  const folder = mkdtempSync(join(tmpdir(), 'xk-bench-resume-'))
  const lines = [await findFreePort(), await findFreePort()]
  const exchange = startExchange(lines, request.records * MESSAGES_PER_RECORD)
  try {
    const config = configOf(folder, lines, await readPorts(exchange), everyRecords)
    return await runKilled(request, config)
  } finally {
    if (exchange.exitCode === null) {
      exchange.kill('SIGINT')
      await once(exchange, 'close')
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runKilled(request: LiveResumeBenchRequest, config: ApplianceConfig) {
  const { plan, signal, onProgress, records } = request
  const session = await planLive(config, createJournalFolder(config.journal.folder, config.instance), false)
  const kills = new KillSchedule(
    SHARES.map((share) => Math.floor(share * records)),
    config.snapshots.everyRecords > 0,
    ['io'],
  )
  const done = new AbortController()
  const run = await runProcesses(session, {
    config,
    plan,
    signal: AbortSignal.any([signal, done.signal]),
    // Each death has its line in the table.
    onWarning: () => {},
    onTick: (regions) => {
      kills.look(regions)
      onProgress(readProgress(regions))
      if (kills.rows.length === SHARES.length) done.abort()
    },
  })
  if (run.failure !== undefined) throw run.failure
  return { rows: kills.rows, snapshots: readSnapshots(run.regions).io }
}

async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, HOST)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

function startExchange(lines: readonly number[], messages: number): ChildProcess {
  const script = join(findPackageRoot(), 'dist', 'xk.main.js')
  const user = ['--user', `${LOGIN.username}:${LOGIN.password}:50:BNCH`]
  const market = ['--generate', '4', '--messages', String(messages), '--at', '09:31', '--speed', '50']
  const targets = ['--line-a', `${HOST}:${lines[0]}`, '--line-b', `${HOST}:${lines[1]}`]
  return spawn(process.execPath, [script, 'venue', '--json', ...user, ...market, ...targets], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** The exchange tells its ports once all are open. */
async function readPorts(exchange: ChildProcess): Promise<Record<string, number>> {
  let text = ''
  for await (const part of exchange.stdout!.setEncoding('utf8')) {
    text += part
    const end = text.indexOf('\n}')
    if (end >= 0) {
      // What it says later must not hold it up.
      exchange.stdout!.resume()
      return (JSON.parse(text.slice(0, end + 2)) as { ready: Record<string, number> }).ready
    }
  }
  throw new XkError({
    code: 'bench-venue',
    what: 'the exchange in a box has ended before it was ready',
    next: 'try it by itself: xk venue --generate 4',
    exitCode: ExitCode.Internal,
  })
}

function configOf(
  folder: string,
  lines: readonly number[],
  ports: Readonly<Record<string, number>>,
  everyRecords: number,
): ApplianceConfig {
  const at = (port: number | undefined) => `${HOST}:${port}`
  const settings: Record<string, unknown> = {
    instance: `bench-${process.pid}`,
    'journal.catalogue': false,
    'snapshots.everyRecords': everyRecords,
    'supervisor.restartsMax': SHARES.length,
    'supervisor.heartbeatTimeoutMs': PATIENCE_MS,
    'gate.decisionAgeMsMax': 10_000,
    'live.feed.lines': lines.map(at),
    'live.feed.requestServer': at(ports.request),
    'live.feed.snapshotServer': at(ports.glimpse),
    'live.feed.snapshotUsername': LOGIN.username,
    'live.feed.snapshotPassword': LOGIN.password,
    'live.entry.protocol': 'ouch50',
    'live.entry.server': at(ports.ouch),
    'live.entry.username': LOGIN.username,
    'live.entry.password': LOGIN.password,
    'live.entry.reconnectMs': 50,
    'live.halt.strategySilenceMs': 10_000,
    'live.halt.storageSilenceMs': 0,
  }
  const overrides = Object.entries(settings).map(([key, value]) => ({ key, value, flag: key }))
  const config = readConfig(undefined, overrides, folder)
  return { ...config, strategies: resolveStrategies(config.strategies) }
}
