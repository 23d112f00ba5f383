// `npm run bench`: prepares the clone, then measures rings, books and the whole path on this host, the human tables first,
// then one line of raw JSON each. Nothing here is asserted: the machine is printed with the figures.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './check-host.mjs'
import { prepare } from './prepare.mjs'

const failure = prepare()
if (failure !== 0) process.exit(failure)
const xk = join(root, 'appliance', 'xk.mjs')
const folder = mkdtempSync(join(tmpdir(), 'xk-bench-'))
const day = join(folder, 'day.itch')
const isShort = process.argv.includes('--short')
const size = isShort
  ? ['--symbols', '800', '--messages', '1000000', '--live-orders', '100000']
  : ['--symbols', '8000', '--messages', '10000000', '--live-orders', '1050000']

function run(args) {
  const { status, stdout } = spawnSync(process.execPath, [xk, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) process.exitCode = status ?? 1
  return stdout.toString()
}

try {
  console.log(`machine  ${cpus()[0].model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`)
  execFileSync(process.execPath, [xk, 'generate', '--seed', '7', ...size, '--raw', day, '--json'], { stdio: 'ignore' })
  for (const args of [
    ['bench', 'ring'],
    ['bench', 'book', day],
    ['bench', 'path'],
  ]) {
    const json = run([...args, '--json'])
    console.log(`\n${args.slice(0, 2).join(' ')}`)
    console.log(json.replace(/\s*\n\s*/g, ' ').trim())
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
