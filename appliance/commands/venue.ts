import { closeSync, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Command, Option } from 'commander'
import { openFeed } from '../../feeds/capture/open-feed.ts'
import { type FlowSource, GeneratedFlow } from '../../feeds/exchange/generated-flow.ts'
import { PRICE_BANDS } from '../../feeds/exchange/price-bands.ts'
import { FIRST_USER_ACCOUNT } from '../../feeds/exchange/recorded-flow.ts'
import { parseTimeOfDay } from '../../feeds/generate/session-options.ts'
import { SelfMatch } from '../../feeds/matching/engine-codes.ts'
import type { CommandContext } from '../cli/command-context.ts'
import type { Frame } from '../cli/frame.ts'
import { renderVenueFacts, renderVenueReady } from '../report/venue-report.ts'
import { Venue, type VenueOptions } from '../venue/venue.ts'
import { controlVenue } from '../venue/venue-control.ts'
import { describeVenue } from '../venue/venue-facts.ts'
import { FAULT_NAMES, type FaultSettings, noFaults, setFault } from '../venue/venue-faults.ts'
import { listVenueOrders } from '../venue/venue-orders.ts'
import {
  collect,
  parseDropCopy,
  parsePort,
  parseSelfMatch,
  parseSpeed,
  parseTarget,
  parseUser,
  parseWhole,
  type UserText,
} from './venue-arguments.ts'
import { addScriptOptions, runScript, type ScriptOptions } from './venue-script.ts'

interface VenueCommandOptions extends ScriptOptions {
  readonly capture?: readonly string[]
  readonly symbols?: readonly string[]
  readonly generate: number
  readonly messages: number
  readonly start: string
  readonly end: string
  readonly at?: string
  readonly speed: number
  readonly host: string
  readonly interface?: string
  readonly lineA: { readonly host: string; readonly port: number }
  readonly lineB: { readonly host: string; readonly port: number }
  readonly ouchPort: number
  readonly dropCopyPort: number
  readonly glimpsePort: number
  readonly requestPort: number
  readonly user: readonly UserText[]
  readonly dropCopy: readonly (readonly [string, string])[]
  readonly cancelOnDisconnect?: boolean
  readonly bands: number
  readonly selfMatch: SelfMatch
  readonly fault: readonly string[]
  readonly session: string
  readonly orders?: string
  readonly control?: boolean
  readonly json?: boolean
}

const LIMITS = { ordersMax: 1 << 20, instrumentsMax: 8192, keptBytesMax: 1 << 30, keptMessagesMax: 1 << 25 }
const PAYLOAD_BYTES = 1400

/** `xk venue`: the exchange in a box. */
export function addVenueCommand(program: Command, frame: Frame): void {
  const command = frame.addCommand(program, {
    name: 'venue',
    summary: 'an exchange in a box: OUCH in, TotalView-ITCH out',
    description:
      'Runs an exchange with a matching engine of its own until its day is over or it is stopped: TotalView-ITCH 5.0 over ' +
      'MoldUDP64 on two lines with re-requests, GLIMPSE snapshots, OUCH 4.2 and 5.0 over SoupBinTCP, drop copies. The ' +
      'background is a generated day, or captures whose orders become those of its participants. Prints the ports when ' +
      'they are open, and at the end what was done; with --json each is one object. With --script it rehearses instead: see ' +
      'docs/venue.md.',
    examples: [
      ['venue --user alice:secret:50:ALIC --generate 8', 'a generated day of eight symbols as fast as the clock'],
      ['venue --capture day.pcap --at 09:30 --speed 10 --fault a.loss=0.01', 'a recorded one, with losses on line A'],
      [
        'venue --symbols AAA,BBB --user bob:pw:42:BOBB --control',
        'an empty market, controlled by lines of standard input',
      ],
      ['venue --script', 'rehearses the scenarios that come along, each with an appliance of its own; a pass sheet'],
    ],
  })
  addMarketOptions(command)
  addNetworkOptions(command)
  addScriptOptions(command)
  command.action((options: VenueCommandOptions) =>
    frame.run(options.json === true, async (context) => {
      if (options.script !== undefined) return runScript(context, options)
      await runVenue(context, options)
      return undefined
    }),
  )
}

function addMarketOptions(command: Command): void {
  command
    .option(
      '--capture <files...>',
      'captures whose orders the background enters; with --generate and --symbols one of three',
    )
    .option('--symbols <names>', 'an empty market of these, separated by commas', (text) =>
      text.split(',').filter(Boolean),
    )
    .option('--generate <n>', 'symbols of a generated day', parseWhole(1, 8192), 8)
    .option('--messages <n>', 'messages of the generated day', parseWhole(1000, 1e9), 200_000)
    .option('--seed <n>', 'of the generated day and of all faults', parseWhole(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--start <HH:MM>', 'first message of the generated day', '09:25')
    .option('--end <HH:MM>', 'its last message', '16:05')
    .option('--at <HH:MM>', "the exchange's time when it opens; what was before is caught up with at once")
    .option('--speed <n|max>', "pace of the exchange's time: 10 is ten times the clock's", parseSpeed, 1)
    .option('--bands <percent>', 'limit up, limit down around the latest price; 0 for none', parseWhole(0, 99), 0)
    .addOption(
      repeated('--fault <name=value>', `what goes wrong: ${FAULT_NAMES.join(', ')}; again for more`, (text) => text),
    )
}

/** An option that may be given several times. */
function repeated<T>(flags: string, about: string, parse: (text: string) => T): Option {
  return new Option(flags, about).argParser(collect(parse)).default([], 'none')
}

function lineTo(flags: string, about: string, address: string): Option {
  return new Option(flags, about).argParser(parseTarget).default(parseTarget(address), address)
}

function addNetworkOptions(command: Command): void {
  command
    .addOption(
      new Option('--self-match <policy>', 'when a user would trade with itself: off, oldest or newest is cancelled')
        .argParser(parseSelfMatch)
        .default(SelfMatch.Allowed, 'off'),
    )
    .addOption(repeated('--user <name:password:42|50:FIRM>', 'who may enter orders; again for more', parseUser))
    .addOption(
      repeated('--drop-copy <FIRM:password>', "who may read a firm's executions; again for more", parseDropCopy),
    )
    .option('--cancel-on-disconnect', "a user's orders end with its connection")
    .option('--session <name>', 'of all sessions, up to ten characters', 'XKVENUE')
    .option('--host <address>', 'that ports are bound to', '127.0.0.1')
    .option('--interface <address>', 'of the card that multicast leaves by')
    .addOption(
      lineTo('--line-a <address:port>', 'where line A goes: a multicast group, or one address', '127.0.0.1:26400'),
    )
    .addOption(lineTo('--line-b <address:port>', 'where line B goes', '127.0.0.1:26401'))
    .option('--ouch-port <n>', 'order entry; 0 for any that is free', parsePort, 0)
    .option('--drop-copy-port <n>', 'drop copies', parsePort, 0)
    .option('--glimpse-port <n>', 'snapshots', parsePort, 0)
    .option('--request-port <n>', 're-requests, by UDP', parsePort, 0)
    .option('--orders <file>', "write every user's orders there at the end, as JSON lines")
    .option(
      '--control',
      'obey lines of standard input: halt, quote, resume, cross, reset, disconnect, fault, report, close',
    )
}

async function runVenue(context: CommandContext, options: VenueCommandOptions): Promise<void> {
  const faults = noFaults()
  for (const text of options.fault) setFault(faults, text)
  const venue = new Venue(toVenueOptions(options, faults))
  // Before the day begins, so that a place that cannot be written to is not found out at its end.
  const ordersFile = options.orders === undefined ? undefined : openSync(options.orders, 'w')
  try {
    const ports = await venue.open()
    context.printResult({ ready: ports }, () => renderVenueReady(ports, options))
    const stopControl = options.control === true ? obeyInput(context, venue, faults) : () => {}
    await venue.run(context.signal)
    stopControl()
  } finally {
    await venue.close()
    if (ordersFile !== undefined) writeOrders(ordersFile, venue)
  }
  const facts = describeVenue(venue)
  context.printResult({ done: facts }, () => renderVenueFacts(facts))
}

function writeOrders(file: number, venue: Venue): void {
  for (const order of listVenueOrders(venue.exchange)) writeSync(file, `${JSON.stringify(order)}\n`)
  closeSync(file)
}

function toVenueOptions(options: VenueCommandOptions, faults: FaultSettings): VenueOptions {
  const at = parseTimeOfDay('--at', options.at ?? options.start)
  return {
    ...LIMITS,
    payloadBytesMax: PAYLOAD_BYTES,
    seed: options.seed,
    session: options.session,
    accountsMax: FIRST_USER_ACCOUNT + options.user.length,
    users: options.user.map((user, index) => ({
      ...user,
      account: FIRST_USER_ACCOUNT + index,
      selfMatch: options.selfMatch,
    })),
    bands: { ...PRICE_BANDS, percent: options.bands },
    host: options.host,
    interface: options.interface,
    lines: [options.lineA, options.lineB],
    requestPort: options.requestPort,
    ouchPort: options.ouchPort,
    dropCopyPort: options.dropCopyPort,
    glimpsePort: options.glimpsePort,
    dropCopyPasswords: new Map(options.dropCopy),
    cancelOnDisconnect: options.cancelOnDisconnect === true,
    flow: openFlow(options),
    symbols: options.symbols ?? [],
    startNs: at,
    speed: options.speed,
    faults,
    nowNs: () => Number(process.hrtime.bigint()),
  }
}

function openFlow(options: VenueCommandOptions): FlowSource | undefined {
  if (options.symbols !== undefined) return undefined
  if (options.capture !== undefined) return openFeed(options.capture)
  return new GeneratedFlow({
    seed: options.seed,
    symbols: options.generate,
    messages: options.messages,
    startTimeNs: parseTimeOfDay('--start', options.start),
    endTimeNs: parseTimeOfDay('--end', options.end),
  })
}

/** Obeys standard input line by line. @returns what stops it */
function obeyInput(context: CommandContext, venue: Venue, faults: FaultSettings): () => void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    if (line.trim() === '') return
    const answer = controlVenue(venue, faults, line)
    context.printResult(answer, () => [JSON.stringify(answer)])
  })
  return () => {
    lines.close()
    process.stdin.pause()
  }
}
