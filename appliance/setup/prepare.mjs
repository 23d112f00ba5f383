// What `npm start` and `npm test` do first: packages, addon and bundles are made when missing or outdated, each with one
// line; what is current costs nothing and says nothing.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildAddon, isAddonOutdated } from './build-addon.mjs'
import { EXIT_HOST, findBuildProblems, findNodeHeaders, findPlatformProblem, root } from './check-host.mjs'

/** @returns the exit code: 0 when everything is there; otherwise why was said on stderr */
export function prepare() {
  const platformProblem = findPlatformProblem()
  if (platformProblem !== undefined) {
    console.error(platformProblem)
    return EXIT_HOST
  }
  if (isAddonOutdated()) {
    // Said before the packages are fetched: a host without a compiler should not wait for them first.
    const problems = findBuildProblems()
    for (const problem of problems) console.error(problem)
    if (problems.length > 0) return EXIT_HOST
  }
  return installPackages() || prepareAddon() || buildBundles()
}

/** A host without a network is told so within seconds, not a minute. */
const RETRY_SOON = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000']
/** What npm says when it cannot reach the registry. */
const NO_NETWORK =
  /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ECONNRESET|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/

function installPackages() {
  if (arePackagesInstalled()) return 0
  console.log('installing packages (npm ci; SQLite is compiled where its binary cannot be fetched: some minutes)')
  const options = ['ci', '--loglevel=error', '--no-progress', '--no-audit', '--no-fund', ...RETRY_SOON]
  const npm = process.env.npm_execpath ?? ''
  // A package that is compiled uses all cores, finds the headers where the addon does, and fetches none.
  const prefix = findNodeHeaders()?.prefix
  const env = { ...process.env, npm_config_jobs: 'max', ...(prefix !== undefined && { npm_config_nodedir: prefix }) }
  const settings = { cwd: root, encoding: 'utf8', env }
  const made =
    basename(npm) === 'npm-cli.js'
      ? spawnSync(process.execPath, [npm, ...options], settings)
      : spawnSync('npm', options, settings)
  if (made.status === 0) return 0
  const said = `${made.stdout ?? ''}${made.stderr ?? ''}${made.error?.message ?? ''}`.trimEnd()
  const code = NO_NETWORK.exec(said)?.[0]
  if (code === undefined) {
    console.error(said)
    console.error('the packages could not be installed (npm ci): see above')
  } else {
    console.error(
      `the packages could not be fetched (npm ci: ${code}): this host reaches no registry; set npm_config_registry to one ` +
        'that it does reach, or copy node_modules/ here from the same clone on a host with a network',
    )
  }
  return EXIT_HOST
}

/** Compares what npm noted at its last install with the lock file; optional packages are those of other platforms. */
function arePackagesInstalled() {
  const notePath = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(notePath)) return false
  const installed = JSON.parse(readFileSync(notePath, 'utf8')).packages
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(([path, { version, optional }]) => {
    if (path === '') return true
    return path in installed ? installed[path].version === version : optional === true
  })
}

function prepareAddon() {
  if (!isAddonOutdated()) return 0
  console.log('building the native addon')
  return buildAddon()
}

function buildBundles() {
  const bundle = join(root, 'dist', 'xk.main.js')
  if (existsSync(bundle) && newestSourceMs() <= statSync(bundle).mtimeMs) return 0
  console.log('building dist/')
  const made = spawnSync(process.execPath, [join(root, 'appliance', 'setup', 'build.mjs'), '--quiet'], {
    stdio: 'inherit',
  })
  return made.status === 0 ? 0 : 1
}

function newestSourceMs() {
  const files = ['package.json', 'package-lock.json', 'appliance/setup/build.mjs']
  let newestMs = Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs))
  for (const folder of ['appliance', 'kernels', 'feeds', 'strategies', 'storage', 'ops', 'test']) {
    if (!existsSync(join(root, folder))) continue
    for (const name of readdirSync(join(root, folder), { recursive: true })) {
      if (name.endsWith('.ts')) newestMs = Math.max(newestMs, statSync(join(root, folder, name)).mtimeMs)
    }
  }
  return newestMs
}
