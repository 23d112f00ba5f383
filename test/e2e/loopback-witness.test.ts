import { describe, expect, test } from 'vitest'
import { expectSameLives, trade, type VenuePort, waitForRequests } from './support/live-box.ts'
import { canCaptureLoopback, LoopbackCapture } from './support/loopback-capture.ts'
import { createTempFolder } from './support/run-xk.ts'

/*
 * What went over loopback between the venue and the appliance, captured by dumpcap and read by tshark's own dissectors of
 * MoldUDP64, SoupBinTCP and OUCH 4: their counts are those of the venue and of the appliance.
 */

const folder = createTempFolder('witness')
const HEARTBEAT = 0
const END_OF_SESSION = 0xffff

/** How often each letter is there; tshark puts commas between the packets of one segment. */
function countLetters(rows: readonly (readonly string[])[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const letter of rows.flatMap(([cell = '']) => cell.split(','))) {
    // An OUCH type is shown in quotes by some versions.
    const type = letter.replaceAll("'", '')
    if (type !== '') counts[type] = (counts[type] ?? 0) + 1
  }
  return counts
}

const canCapture = canCaptureLoopback()
if (!canCapture) console.log('no dumpcap or tshark, or no right to capture: nobody witnesses the loopback')

describe.runIf(canCapture)('tshark', () => {
  test('counts on the loopback what the venue and the appliance count', { timeout: 300_000 }, async () => {
    const capture = new LoopbackCapture(folder)
    try {
      await capture.started()
      let ports: Readonly<Record<VenuePort, number>> | undefined
      let lines: readonly number[] = []
      const { result, venue } = await trade({
        version: 42,
        through: async (own) => {
          ports = own
          return own
        },
        disturb: async (instance, box) => {
          lines = box.lines
          await waitForRequests(instance, 30)
        },
      })
      expect(await capture.stop(), 'packets lost by the capture').toBe(0)
      expectSameLives(result, venue)

      // Packets that nobody listened to come again in ICMP, which is none of the feed.
      // Both lines: every packet the venue says that it sent, and all messages of the feed.
      const feed = venue.feed as unknown as {
        messages: number
        packets: number
        heartbeats: number
        lines: { sent: number }[]
      }
      const asMold = lines.flatMap((port) => ['-d', `udp.port==${port},moldudp64`])
      for (const [index, port] of lines.entries()) {
        const fields = ['moldudp64.sequence', 'moldudp64.count', 'moldudp64.session', '_ws.malformed']
        const rows = capture.ask(`udp.dstport==${port} && moldudp64 && !icmp`, asMold, fields)
        expect(rows.length).toBe(feed.lines[index]!.sent)
        expect(new Set(rows.map(([, , session]) => session!.trim()))).toEqual(new Set(['XKVENUE']))
        expect(rows.filter(([, , , malformed]) => (malformed ?? '') !== '')).toEqual([])
        const counts = rows.map(([, count]) => Number(count))
        const messages = counts.filter((count) => count !== END_OF_SESSION).reduce((sum, count) => sum + count, 0)
        expect(messages).toBe(feed.messages)
        expect(counts.filter((count) => count === HEARTBEAT).length).toBe(feed.heartbeats)
        expect(counts.filter((count) => count === END_OF_SESSION).length).toBe(1)
      }

      // Order entry: the packets of the session, and the messages in them, by letter and direction.
      const { ouch } = ports!
      const asSoup = ['-o', `soupbintcp.tcp.port:${ouch}`]
      const lettersOf = (filter: string, field: string) => countLetters(capture.ask(filter, asSoup, [field]))
      const toVenue = `tcp.dstport==${ouch} && soupbintcp`
      const toAppliance = `tcp.srcport==${ouch} && soupbintcp`
      const { entry, session } = result.live!
      const sent = lettersOf(toVenue, 'soupbintcp.packet_type')
      const received = lettersOf(toAppliance, 'soupbintcp.packet_type')
      expect(sent).toMatchObject({ L: 1, U: session.messagesSent })
      expect(sent.R ?? 0).toBe(session.heartbeatsSent ?? 0)
      expect(received).toMatchObject({ A: 1, S: session.messagesReceived })
      expect(venue.ports.ouch).toMatchObject({ messagesReceived: sent.U, messagesSent: received.S })
      const requests = lettersOf(`${toVenue} && ouch`, 'ouch.packet_type')
      const counted = { O: entry.ordersSent, U: entry.replacesSent, X: entry.cancelsSent }
      expect(requests).toEqual(Object.fromEntries(Object.entries(counted).filter(([, count]) => count !== undefined)))
      const answers = lettersOf(`${toAppliance} && ouch`, 'ouch.packet_type')
      const accepted = venue.orders.filter(({ acceptedShares }) => acceptedShares > 0)
      const replaced = answers.U ?? 0
      expect(answers.E ?? 0).toBe(venue.orders.reduce((sum, { executions }) => sum + executions, 0))
      expect(answers.E ?? 0).toBe(result.fills)
      expect((answers.A ?? 0) + replaced).toBe(accepted.length)
      expect(answers.J ?? 0).toBe(venue.orders.filter(({ stage }) => stage === 'Rejected').length)
      const malformed = capture.ask(`tcp.port==${ouch} && _ws.malformed`, asSoup, ['frame.number'])
      expect(malformed).toEqual([])
    } finally {
      capture.remove()
    }
  })
})
