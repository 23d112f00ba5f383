import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { OuchVersion } from '../../feeds/ouch/versions.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { awaitIoCounter } from './support/io-counter.ts'
import { expectSameRerun, killKernel } from './support/live-box.ts'
import { runXk } from './support/run-xk.ts'
import { folder, tradeWatched } from './support/watched-box.ts'

/* What an operator says to a live session, by xk command: obeyed, answered, journaled, and not forgotten by a successor. */

interface Told {
  readonly code: number | null
  readonly outcome: string
  readonly before: number
  readonly after: number
  readonly sequence: number
}

async function tell(instance: string, ...words: string[]): Promise<Told> {
  const run = await runXk(
    ['command', ...words, '--why', 'a test', '--who', 'desk', '--instance', instance, '--json'],
    folder,
  )
  return { code: run.code, ...JSON.parse(run.stdout) }
}

/** What the socket answers to any bytes. */
function say(instance: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(`/dev/shm/xk-${instance}/commands.sock`)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.end(text)
  })
}

test('commands stop, tighten, cancel and let go on; what they would loosen is refused', {
  timeout: 180_000,
}, async () => {
  const told: Record<string, Told> = {}
  const { result } = await tradeWatched({
    version: OuchVersion.V50,
    until: async (instance) => {
      await awaitIoCounter(instance, 'requestsRouted', 20)
      told.limit = await tell(instance, 'limit', 'maxQuantity', '10')
      told.looser = await tell(instance, 'limit', 'maxQuantity', '900000')
      await awaitIoCounter(instance, 'requestsRejected', 5)
      told.back = await tell(instance, 'limit', 'maxQuantity', '5000')
      told.cancel = await tell(instance, 'cancel')
      told.kill = await tell(instance, 'kill', '--strategy', '2')
      await killKernel(instance, 'io')
      told.release = await tell(instance, 'release', '--strategy', '2')
      told.again = await tell(instance, 'release', '--strategy', '2')
      told.restrict = await tell(instance, 'restrict', 'JCICU')
      told.unknown = await tell(instance, 'restrict', 'NOWHERE')
      expect(JSON.parse(await say(instance, 'nonsense\n'))).toMatchObject({ outcome: 'malformed' })
      expect(JSON.parse(await say(instance, `${'x'.repeat(5000)}\n`))).toMatchObject({ outcome: 'malformed' })
      expect(JSON.parse(await say(instance, '{"do":"kill","who":"desk"}\n'))).toMatchObject({ outcome: 'malformed' })
    },
  })
  expect(told.limit).toMatchObject({ code: ExitCode.Ok, outcome: 'done', before: 5000, after: 10 })
  expect(told.looser).toMatchObject({ code: ExitCode.Refused, outcome: 'refusedLooser', after: 10 })
  expect(told.back).toMatchObject({ outcome: 'done', after: 5000 })
  for (const name of ['cancel', 'kill', 'release', 'restrict']) expect(told[name]!.outcome, name).toBe('done')
  expect(told.again).toMatchObject({ code: ExitCode.Refused, outcome: 'refusedState' })
  expect(told.unknown).toMatchObject({ code: ExitCode.Refused, outcome: 'refusedUnknown' })
  expect(result.live).toMatchObject({ commands: 9, openOrders: 0, illegalTransitions: {} })
  expect(result.rejectsByReason['gate maxQuantity']).toBeGreaterThan(0)
  expect(result.breaks).toEqual([])
  await expectSameRerun(result)
  const sql = "SELECT command, who, why, outcome FROM commands WHERE who <> '' ORDER BY sequence"
  const rows = await runXk(['journal', 'query', sql, '--json'], folder)
  expect(rows.stdout, rows.stderr).toContain('"refusedLooser"')
  expect(rows.stdout).toContain('"a test"')
})

test('there is nobody to tell where no live session runs', async () => {
  const { code } = await runXk(['command', 'kill', '--why', 'a test', '--instance', 'nobody-here'], folder)
  expect(code).toBe(ExitCode.Refused)
  expect((await runXk(['command', 'kill'], folder)).code).toBe(ExitCode.Usage)
  expect((await runXk(['command', 'kil', '--why', 'x'], folder)).stderr).toMatch(/did you mean kill/)
})
