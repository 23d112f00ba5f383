import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { PROJECT_ROOT, runXk } from '../run-xk.ts'
import { LineReceiver } from './support/line-receiver.ts'
import { SoupPeer, until } from './support/soup-peer.ts'

/** The built command, whose answers are read one object after the other. */
class VenueProcess {
  readonly child: ChildProcess
  readonly objects: Record<string, never>[] = []
  exitCode: number | null = null
  isOver = false

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [`${PROJECT_ROOT}/dist/xk.main.js`, 'venue', '--json', ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: 50_000,
      killSignal: 'SIGKILL',
    })
    this.child.on('close', (exitCode) => {
      this.exitCode = exitCode
      this.isOver = true
    })
    let text = ''
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      text += line
      if (line !== '}') return
      this.objects.push(JSON.parse(text))
      text = ''
    })
  }

  async tell(line: string): Promise<Record<string, unknown>> {
    const before = this.objects.length
    this.child.stdin!.write(`${line}\n`)
    await until(() => this.objects.length > before)
    return this.objects[before]!
  }
}

test('xk venue opens its ports, obeys and reports what it did', { timeout: 60_000 }, async () => {
  const line = new LineReceiver()
  const port = await line.open()
  const lines = ['--line-a', `127.0.0.1:${port}`, '--line-b', `127.0.0.1:${port}`]
  const venue = new VenueProcess(['--symbols', 'AAA,BBB', '--user', 'alice:secret:50:ALIC', '--control', ...lines])
  try {
    await until(() => venue.objects.length === 1)
    const { ready } = venue.objects[0] as unknown as { ready: { ouch: number } }
    const peer = new SoupPeer({ username: 'alice', password: 'secret' })
    peer.connect(ready.ouch)
    await until(() => peer.messages.length === 1)
    expect(await venue.tell('halt AAA')).toEqual({ halted: 'AAA' })
    expect(await venue.tell('report')).toMatchObject({ report: { instruments: 2, breaks: [] } })
    expect(await venue.tell('reset')).toEqual({ session: 'XKVENUE2' })
    expect(await venue.tell('close')).toEqual({ closed: true })
    await until(() => venue.isOver)
    expect(venue.exitCode).toBe(0)
    expect(venue.objects.at(-1)).toMatchObject({ done: { instruments: 2, feed: { resets: 1 } } })
    // Start and end of the day, then the end of the session.
    expect(peer.messages.map((bytes) => String.fromCharCode(bytes[0]!, bytes[9]!))).toEqual(['SS', 'SE'])
    await until(() => line.datagrams.some((bytes) => bytes.readUInt16BE(18) === 0xffff))
  } finally {
    venue.child.kill('SIGKILL')
    await line.close()
  }
})

test('xk venue refuses what it cannot be told', async () => {
  expect(await runXk(['venue', '--user', 'alice'])).toMatchObject({ exitCode: 2 })
  expect(await runXk(['venue', '--fault', 'a.los=1'])).toMatchObject({ exitCode: 2 })
  expect(await runXk(['venue', '--line-a', 'nowhere'])).toMatchObject({ exitCode: 2 })
})
