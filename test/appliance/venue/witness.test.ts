import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { GeneratedFlow } from '../../../feeds/exchange/generated-flow.ts'
import { MoldPublish } from '../../../feeds/moldudp64/publisher.ts'
import { hasCommand, temporaryFolder, writeTemporary } from '../../feeds/support/drain.ts'
import { pcap, udpFrame } from '../../feeds/support/frames.ts'
import { timed } from '../../feeds/support/segments.ts'
import { messagesIn } from './support/line-receiver.ts'
import { until } from './support/soup-peer.ts'
import { startVenue } from './support/test-venue.ts'

const hasTshark = hasCommand('tshark')
const folder = temporaryFolder()
const PORT = 26_400

describe.runIf(hasTshark)('the MoldUDP64 dissector of tshark', { timeout: 60_000 }, () => {
  test('reads what the venue has sent as it was meant', async () => {
    const flow = new GeneratedFlow({ seed: 3, symbols: 4, messages: 4000, startTimeNs: 33_600e9, endTimeNs: 34_500e9 })
    const running = await startVenue({ flow, speed: Number.POSITIVE_INFINITY })
    await running.done
    // The end of the session comes last on a line.
    await until(() => running.a.datagrams.some((bytes) => bytes.readUInt16BE(18) === 0xffff))
    const datagrams = [...running.a.datagrams]
    const frames = datagrams.map((bytes) => udpFrame(bytes, { targetPort: PORT }))
    const path = writeTemporary(folder, 'venue.pcap', pcap(timed(frames)))
    const fields = ['moldudp64.session', 'moldudp64.sequence', 'moldudp64.count', 'moldudp64.msglen', '_ws.malformed']
    const text = execFileSync(
      'tshark',
      ['-r', path, '-d', `udp.port==${PORT},moldudp64`, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 },
    )
    const rows = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
    expect(rows.length).toBe(datagrams.length)
    let messages = 0
    for (const [index, [session, sequence, count, lengths, malformed]] of rows.entries()) {
      const bytes = datagrams[index]!
      expect(session!.trim()).toBe('VENUE')
      expect(Number(sequence)).toBe(Number(bytes.readBigUInt64BE(10)))
      expect(Number(count)).toBe(bytes.readUInt16BE(18))
      expect(malformed ?? '').toBe('')
      messages += lengths === '' || lengths === undefined ? 0 : lengths.split(',').length
    }
    // What the socket dropped is missing in both, as the line itself was read.
    expect(messages).toBe(messagesIn(datagrams, 'VENUE     ').size)
    expect(running.venue.exchange.publisher.counts[MoldPublish.Packets]).toBeGreaterThan(10)
  })
})
