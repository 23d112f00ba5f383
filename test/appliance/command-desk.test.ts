import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { CommandDesk } from '../../appliance/supervisor/command-desk.ts'
import { OutcomeSlot } from '../../kernels/io/operator/command-inbox.ts'
import { createHeapRegion } from '../../kernels/loop/regions.ts'
import { Outcome } from '../../kernels/records/catalogue.ts'
import { createTempFolder } from '../e2e/support/run-xk.ts'

const RINGS = { inboundBytes: 1 << 16, outboundBytes: 1 << 16 }
const KILL = '{"do":"kill","who":"desk","why":"a test"}\n'
const folder = createTempFolder('desk')
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A desk before an I/O kernel of which there is no more than its region; its patience is one look. */
async function openDesk(name: string) {
  const io = createHeapRegion('io', RINGS)
  const path = join(folder, `${name}.sock`)
  const own = createHeapRegion('supervisor', RINGS)
  const desk = new CommandDesk({ path, own, io: () => io, answerPatienceMs: 1 })
  await desk.open()
  closers.push(() => desk.close())
  return { desk, io, path, outcomes: io.viewDoubles('outcomes') }
}

function ask(path: string): Promise<{ outcome: string; sequence: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(KILL))
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(JSON.parse(answer === '' ? '{"outcome":"gone","sequence":0}' : answer)))
  })
}

test('a kernel on its way back has all the time that it takes', async () => {
  const { io, path, outcomes } = await openDesk('back')
  const answer = ask(path)
  for (let i = 0; i < 25; i++) await sleep(2)
  const row = OutcomeSlot.Count
  outcomes[row + OutcomeSlot.Sequence] = 77
  outcomes[row + OutcomeSlot.Outcome] = Outcome.Done
  outcomes[row] = 1
  io.beat()
  expect(await answer).toMatchObject({ outcome: 'done', sequence: 77 })
})

test('one whose loop turns and that does not answer is not waited for beyond the patience', async () => {
  const { io, path } = await openDesk('mute')
  const beating = setInterval(() => io.beat(), 1)
  closers.push(() => clearInterval(beating))
  expect(await ask(path)).toMatchObject({ outcome: 'unanswered' })
})

test('with the session the waiting ends', async () => {
  const { desk, path } = await openDesk('end')
  const answer = ask(path)
  await sleep(10)
  await desk.close()
  closers.length = 0
  expect(['gone', 'unanswered']).toContain((await answer).outcome)
})
