import { describe, expect, test } from 'vitest'
import { textColumns } from '../../appliance/cli/table.ts'
import { makePaint } from '../../appliance/cli/terminal.ts'
import { renderCapture } from '../../appliance/report/inspect-report.ts'
import { renderBursts, renderRatePlot } from '../../appliance/report/rate-plot.ts'
import { inspectCapture } from '../../feeds/inspect/inspect-capture.ts'
import { temporaryFolder, writeTemporary } from '../feeds/support/drain.ts'
import { mold, pcap, type TestFrame, udpFrame } from '../feeds/support/frames.ts'
import { itchMessages } from '../feeds/support/sample.ts'

const folder = temporaryFolder()
const plain = makePaint(false)
const START_NS = 1_700_000_000_000_000_000n

/** Two lines of one session, each with a loss of its own, a burst, and traffic of no known protocol. */
function twoLines(): Buffer {
  const messages = itchMessages(300)
  const frames: TestFrame[] = []
  for (let packet = 0; packet < 100; packet++) {
    const payload = mold('000010059B', BigInt(1 + packet * 3), messages.slice(packet * 3, packet * 3 + 3))
    const atNs = BigInt(packet < 50 ? packet * 20_000_000 : 1_000_000_000 + packet * 100_000)
    const line = (target: string, lagNs: number) => ({
      bytes: udpFrame(payload, { target }),
      timeNs: START_NS + atNs + BigInt(lagNs),
    })
    if (packet !== 7) frames.push(line('233.54.12.111', packet % 4 === 0 ? 900 : 0))
    if (packet !== 8 && packet !== 90) frames.push(line('233.49.196.111', 400))
  }
  frames.push({ bytes: udpFrame(Buffer.from('hello'), { target: '10.0.0.9' }), timeNs: START_NS + 1_500_000_000n })
  frames.push({ bytes: udpFrame(mold('OTHER', 1n, []), { target: '10.0.0.10' }), timeNs: START_NS + 1_600_000_000n })
  frames.push({ bytes: udpFrame(mold('000010059B', 304n, [])), timeNs: START_NS + 1_700_000_000n })
  return pcap(frames)
}

describe('the report of a capture', () => {
  test('reads as it should be shown to a colleague', async () => {
    const path = writeTemporary(folder, 'two-lines.pcap', twoLines())
    const facts = await inspectCapture(path, { threaded: false })
    // How many protocols a heartbeat may be of is the registry's affair.
    const flows = facts.flows.map((flow) => ({ ...flow, candidates: flow.candidates.slice(0, 1) }))
    const lines = renderCapture({ ...facts, file: '/captures/two-lines.pcap', flows }, plain, '/captures', {
      flows: true,
      symbols: true,
    })
    for (const line of lines) expect(textColumns(line)).toBeLessThanOrEqual(100)
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('fixtures/inspect-report.txt')
  })
})

describe('the plot of a rate', () => {
  const series = (counts: number[]) => ({ startNs: String(START_NS), bucketNs: 1_000_000_000, counts, bursts: [] })

  test('has the height of each bucket in proportion, and shows the least', () => {
    const [title, ...rows] = renderRatePlot('packets', series([0, 1, 240, 480]), plain)
    expect(title).toBe('  packets in 1.00 s: at most 480')
    expect(rows.slice(0, -1)).toEqual(['   █', '   █', '   █', '  ██', '  ██', ' ▁██'])
    expect(rows.at(-1)).toBe('22:13:20.000 UTC  22:13:24.000')
  })

  test('tells the days where it spans some', () => {
    const bursts = [{ periodNs: 1_000_000, busiest: [{ timeNs: String(START_NS + 86_400_000_000_000n), count: 3 }] }]
    const days = { startNs: String(START_NS), bucketNs: 43_200_000_000_000, counts: [1, 2, 3], bursts }
    expect(renderRatePlot('packets', days, plain).at(-1)).toBe('11-14 22:13:20.000 UTC  11-16 10:13:20.000')
    expect(renderBursts(days, series([])).at(-1)).toMatch(/1\.00 ms +3 +11-15 22:13:20\.000$/)
  })

  test('of one bucket or none tells nothing, so there is none', () => {
    expect(renderRatePlot('packets', series([]), plain)).toEqual([])
    expect(renderRatePlot('packets', series([5]), plain)).toEqual([])
    expect(renderBursts(series([]), series([]))).toEqual([])
  })
})
