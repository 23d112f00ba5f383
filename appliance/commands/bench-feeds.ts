import { type Command, InvalidArgumentError } from 'commander'
import { EPOCH_MUTATIONS } from '../../feeds/fuzz/fuzz.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { Frame } from '../cli/frame.ts'
import { renderFeedBench, renderFuzz, renderInspectBench } from '../report/feed-bench-report.ts'
import { runInThread } from '../work/run-in-thread.ts'

interface JsonOption {
  readonly json?: boolean
}

function wholeNumber(least: number, most: number, step = 1): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most && value % step === 0) return value
    const steps = step === 1 ? '' : `, a multiple of ${step}`
    throw new InvalidArgumentError(`from ${least} to ${most}${steps}.`)
  }
}

/** `xk bench feed|inspect|fuzz`. */
export function addFeedBenches(bench: Command, frame: Frame): void {
  addFeed(bench, frame)
  addInspect(bench, frame)
  addFuzz(bench, frame)
}

function addFeed(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'feed',
      summary: 'each feed decoded from memory, alone and with its book',
      description:
        'Decodes a generated ITCH session and the feeds of the capture files given, from memory, alone and into a full ' +
        'order book: ns a message, and the ratio to ITCH in the same run.',
      examples: [
        ['bench feed', 'ITCH 5.0 over MoldUDP64 alone'],
        ['bench feed deep.pcap.gz mbo.dbn.zst --messages 2000000', 'and the feeds of two files'],
      ],
    })
    .argument('[files...]', 'capture files; a small one is read again and again')
    .option('--messages <n>', 'messages of each feed, at least', wholeNumber(1, 1e9), 1_000_000)
    .action((paths: string[], options: JsonOption & { readonly messages: number }) =>
      frame.run(options.json === true, async (context) => {
        const rows = await runInThread(context, 'benchFeed', { paths, messages: options.messages })
        context.printResult({ rows }, () => renderFeedBench(rows))
        return undefined
      }),
    )
}

function addInspect(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'inspect',
      summary: 'how fast a large capture is inspected',
      description:
        'Writes a generated session over and over into a temporary capture file, and inspects it by the code of xk inspect.',
      examples: [
        ['bench inspect', 'a file of 1 GB'],
        ['bench inspect --megabytes 100 --repetitions 3', 'a smaller one, three times'],
      ],
    })
    .option('--megabytes <n>', 'size of the file', wholeNumber(1, 100_000), 1000)
    .option('--repetitions <n>', 'repetitions of which the median counts', wholeNumber(1, 99), 3)
    .action((options: JsonOption & { readonly megabytes: number; readonly repetitions: number }) =>
      frame.run(options.json === true, async (context) => {
        const { megabytes, repetitions } = options
        const result = await runInThread(context, 'benchInspect', { bytes: megabytes * 1e6, rounds: repetitions })
        context.printResult(result, () => renderInspectBench(result))
        return undefined
      }),
    )
}

interface FuzzOptions extends JsonOption {
  readonly target?: readonly string[]
  readonly mutations: number
  readonly seed: number
  readonly from: number
}

function addFuzz(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'fuzz',
      summary: 'mutations of all that reads bytes from outside',
      description:
        'Gives every decoder, container and compression seeded mutations of small inputs, twice, between different bytes: ' +
        'nothing may throw, hang, hoard memory or read outside of its input. A fault ends with exit code 1.',
      examples: [
        ['bench fuzz --mutations 1000000', 'a million of each'],
        ['bench fuzz deep.pcap.gz --target iexDeep10 --seed 7', 'beginning with real messages, too'],
      ],
    })
    .argument('[files...]', 'capture files whose contents the mutations begin with, too')
    .option('--mutations <n>', 'mutations of each target', wholeNumber(1, 1e12), 100_000)
    .option('--seed <n>', 'the same mutations for the same seed', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--from <n>', 'number of the first mutation', wholeNumber(0, 1e12, EPOCH_MUTATIONS), 0)
    .option('--target <name...>', 'only these')
    .action((paths: string[], options: FuzzOptions) =>
      frame.run(options.json === true, async (context) => {
        const { target: targets = [], mutations, seed, from } = options
        const results = await runInThread(context, 'fuzz', { paths, targets, mutations, seed, from })
        context.printResult({ seed, results }, () => renderFuzz(results))
        return results.some(({ fault }) => fault !== null) ? ExitCode.Internal : undefined
      }),
    )
}
