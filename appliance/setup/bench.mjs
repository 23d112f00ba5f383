// `npm run bench`: prepares the clone, then measures rings, books, gate, feeds, journal, matching and the whole path on this host:
// one line of raw JSON each. Nothing here is asserted: the machine is printed with the figures. `npm run bench -- --fuzz` mutates
// instead of measuring, `npm run bench -- --crash` crashes and kills journals, `npm run bench -- --box` kills live sessions.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './check-host.mjs'
import { prepare } from './prepare.mjs'

/** Where reference captures lie, if there are any; their feeds are measured and mutated, too. */
const CAPTURES = process.env.XK_CAPTURES ?? join(root, '..', 'shared', 'captures')
const FUZZ_MUTATIONS = '10000000'
const JOURNAL_CRASHES = '100000'
const JOURNAL_KILLS = '200'
const BOX_ROUNDS = '200'
const MATCHING_ORDERS = '2000000'
const FUZZ_FOLDERS = ['nasdaq-itch50', 'iex', 'cme-mdp3', 'cboe-pitch', 'dbn', 'itch-other-venues', 'nasdaq-other']
/** Larger files hold nothing that the small ones lack. */
const FUZZ_FILE = /\.(pcap|pcapng|itch|dbn|zst|txt)$/
const FEED_FILES = [
  'nasdaq-itch50/AAPL_12302019_first30000_transcoded.itch',
  'iex/DEEP10_20231002_first3000.pcap.gz',
  'iex/TOPS16.pcapng.gz',
  'cme-mdp3/mdp3_v8_AB_20160927.pcapng',
  'cboe-pitch/cfe_futures_20190501_first6000.pcap',
  'cboe-pitch/tcp_pitch_example_data.txt',
  'dbn/nautilus/esh4-glbx-mdp3-20231224.mbo.dbn.zst',
  'dbn/nautilus/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst',
]

const HELP = `npm run bench -- [options]

  nothing          rings, books, gate, feeds, journal, matching, path, recovery; minutes
  --short          the same with smaller sessions
  --fuzz           every parser of outside bytes; --mutations N of each target, --seed S
  --crash          journals on a storage that lies, and writers killed with -9
  --box            live sessions through faults and deaths, and two matching engines compared
  -h, --help       show this

Example: npm run bench -- --fuzz --mutations 100000 --seed 7
`
const MODES = ['short', 'fuzz', 'crash', 'box']

/** What is asked for; a wrong word ends the process with exit code 2, before anything is installed or measured. */
function readOptions() {
  const flags = Object.fromEntries([...MODES, 'help'].map((name) => [name, { type: 'boolean' }]))
  const options = {
    ...flags,
    help: { type: 'boolean', short: 'h' },
    mutations: { type: 'string' },
    seed: { type: 'string' },
  }
  try {
    const { values } = parseArgs({ options })
    if (MODES.filter((name) => values[name]).length > 1) throw new Error(`choose one of --${MODES.join(', --')}`)
    return values
  } catch (error) {
    console.error(`xk: ${error.message}\nnext: npm run bench -- --help`)
    process.exit(2)
  }
}

const options = readOptions()
if (options.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const failure = prepare()
if (failure !== 0) process.exit(failure)
const xk = join(root, 'appliance', 'xk.mjs')

function run(args) {
  const { status, stdout } = spawnSync(process.execPath, [xk, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) process.exitCode = status ?? 1
  return stdout.toString()
}

function listFuzzFiles() {
  return FUZZ_FOLDERS.map((folder) => join(CAPTURES, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => FUZZ_FILE.test(path))
}

function fuzz() {
  const { mutations = FUZZ_MUTATIONS, seed = '1' } = options
  process.stdout.write(run(['bench', 'fuzz', ...listFuzzFiles(), '--mutations', mutations, '--seed', seed]))
}

function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'xk-bench-'))
  const day = join(folder, 'day.itch')
  const size = options.short
    ? ['--symbols', '800', '--messages', '1000000', '--live-orders', '100000']
    : ['--symbols', '8000', '--messages', '10000000', '--live-orders', '1050000']
  const feeds = FEED_FILES.map((name) => join(CAPTURES, name)).filter((path) => existsSync(path))
  try {
    execFileSync(process.execPath, [xk, 'generate', '--seed', '7', ...size, '--raw', day, '--json'], {
      stdio: 'ignore',
    })
    for (const args of [
      ['bench', 'ring'],
      ['bench', 'book', day],
      ['bench', 'gate'],
      ['bench', 'feed', ...feeds],
      ['bench', 'inspect'],
      ['bench', 'journal', '--folder', folder],
      ['bench', 'match', ...(options.short ? ['--repetitions', '1'] : [])],
      ['bench', 'path', '--busy-storage'],
      ['bench', 'resume', '--messages', '60000', '--every', '5000'],
    ]) {
      const json = run([...args, '--json'])
      console.log(`\n${args.slice(0, 2).join(' ')}`)
      console.log(json.replace(/\s*\n\s*/g, ' ').trim())
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What `npm test` does a little of: crashes on a storage that lies, and writers killed with -9. */
function crash() {
  const files = ['test/storage/crash-samples.test.ts', 'test/storage/kill.test.ts']
  test(files, { XK_JOURNAL_CRASHES: JOURNAL_CRASHES, XK_JOURNAL_KILLS: JOURNAL_KILLS })
}

/** So many more rounds of live sessions through faults and deaths, and commands to the matching engine and its naive twin. */
function box() {
  const { XK_BOX_ROUNDS = BOX_ROUNDS, XK_MATCHING_ORDERS = MATCHING_ORDERS } = process.env
  const files = ['test/e2e/day-in-a-box.test.ts', 'test/feeds/matching/two-engines.test.ts']
  test(files, { XK_BOX_ROUNDS, XK_MATCHING_ORDERS })
}

function test(files, settings) {
  const env = { ...process.env, ...settings }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...files], { cwd: root, env, stdio: 'inherit' })
  process.exitCode = status ?? 1
}

console.log(`machine  ${cpus()[0].model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`)
if (options.fuzz) fuzz()
else if (options.crash) crash()
else if (options.box) box()
else measure()
