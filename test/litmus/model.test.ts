/**
 * The models of ring and waiting, searched completely by spin; and each broken on purpose, to see that the search would
 * have found it. What the models leave out is said in them.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const MODELS = new URL('.', import.meta.url).pathname
const DEADLINE_MS = 120_000

function has(tool: string, argument: string): boolean {
  return spawnSync(tool, [argument]).error === undefined
}

const canCheck = has('spin', '-V') && has('gcc', '--version')
if (!canCheck) console.info('the models are not checked: spin or gcc is missing (apt install spin gcc)')

/**
 * What spin's verifier says of a model: errors found, and how many states it saw.
 * @param optimisation a broken model's error is found sooner than an optimiser is done
 */
function check(
  model: string,
  macros: readonly string[],
  optimisation: '-O0' | '-O1',
): { errors: number; states: number; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'xk-model-'))
  const run = (command: string, args: readonly string[]) => {
    const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: DEADLINE_MS })
    if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stdout}${done.stderr}`)
    return done.stdout
  }
  try {
    copyFileSync(join(MODELS, model), join(folder, model))
    run('spin', ['-a', ...macros.map((macro) => `-D${macro}`), model])
    run('gcc', [optimisation, '-DSAFETY', '-o', 'pan', 'pan.c'])
    const output = run('./pan', ['-m200000'])
    if (output.includes('search not completed')) throw new Error(output)
    const errors = Number(/errors: (\d+)/.exec(output)?.[1])
    const states = Number(/(\d+) states, stored/.exec(output)?.[1])
    return { errors, states, output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.runIf(canCheck)('the models', () => {
  test.each([
    ['ring.pml', []],
    ['ring.pml', ['WITH_OBSERVER', 'RECORDS=3']],
    ['wait.pml', []],
  ])('%s %j holds in every order of events', { timeout: DEADLINE_MS }, (model, macros) => {
    const { errors, states, output } = check(model, macros, '-O1')
    expect(errors, output).toBe(0)
    expect(states).toBeGreaterThan(10_000)
  })

  test.each([
    ['ring.pml', ['NO_SECOND_READ'], 'a joining consumer that reads the tail only once is overrun'],
    ['ring.pml', ['NO_EPOCH_RULE'], 'a dead consumer of an old epoch holds the ring for ever'],
    ['ring.pml', ['RELEASE_BEFORE_READ'], 'a record given back before it is read is overwritten'],
    ['ring.pml', ['WITH_OBSERVER', 'NO_CLAIM_CHECK'], 'an observer that does not look at the claim reads torn records'],
    ['ring.pml', ['WITH_OBSERVER', 'CLAIM_AFTER_WRITE'], 'a claim stored after the write comes too late'],
    ['wait.pml', ['LOOK_BEFORE_PUBLISH'], 'a ringer that looks for sleepers before it publishes loses a wake-up'],
    ['wait.pml', ['NO_BELL'], 'a wake without a changed word is lost on who is about to sleep'],
    ['wait.pml', ['NO_LAST_LOOK'], 'a sleeper that does not look again misses what came before its flag'],
    ['wait.pml', ['BELLS_AFTER_LOOK'], 'a sleeper that reads the bells after its last look misses one'],
    ['wait.pml', ['FLAG_AFTER_LOOK'], 'a sleeper that shows its flag after its last look is not woken'],
  ])('%s broken by %j is found out: %s', { timeout: DEADLINE_MS }, (model, macros) => {
    // A macro that the model does not know would break nothing.
    for (const macro of macros) expect(readFileSync(join(MODELS, model), 'utf8')).toContain(macro)
    expect(check(model, macros, '-O0').errors).toBe(1)
  })
})
