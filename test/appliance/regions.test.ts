import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanInstances, listInstances } from '../../appliance/regions/instances.ts'
import { mapOwnedRegion, type OwnedRegionMapping, unmapRegion } from '../../kernels/host/memory.ts'
import { planRegion } from '../../kernels/region/layout.ts'
import { Region } from '../../kernels/region/region.ts'
import { runXk } from './run-xk.ts'

const plan = planRegion([{ name: 'counters', bytes: 4096 }])
let root = ''
const mapped: OwnedRegionMapping[] = []

function makeRegion(instance: string, kernel: string): OwnedRegionMapping {
  mkdirSync(join(root, `xk-${instance}`), { recursive: true })
  const path = join(root, `xk-${instance}`, `${kernel}.region`)
  const mapping = mapOwnedRegion(path, plan.bytes)
  Region.format(mapping.buffer, plan, { pid: process.pid, startTicks: 1, kernel, instance }, path)
  mapped.push(mapping)
  return mapping
}

beforeAll(() => {
  root = mkdtempSync('/dev/shm/regions-test-')
})
afterAll(() => {
  for (const mapping of mapped) unmapRegion(mapping)
  rmSync(root, { recursive: true, force: true })
})

describe('the list of regions', () => {
  test('tells the living from the dead and from what is no region', () => {
    makeRegion('alive', 'io')
    // Unmapping gives the lock up, as death does.
    unmapRegion(makeRegion('dead', 'strategy'))
    mapped.pop()
    writeFileSync(join(root, 'xk-dead', 'strategy.launch.json'), '{}')
    mkdirSync(join(root, 'xk-broken'))
    writeFileSync(join(root, 'xk-broken', 'io.region'), 'x'.repeat(8192))
    mkdirSync(join(root, 'other'))

    const instances = listInstances(root)
    expect(instances.map(({ instance, isLive }) => [instance, isLive])).toEqual([
      ['alive', true],
      ['broken', false],
      ['dead', false],
    ])
    expect(instances[0]!.regions[0]).toMatchObject({ kernel: 'io', ownerPid: process.pid, epoch: 1, problem: null })
    expect(instances[1]!.regions[0]!.problem).toMatch(/region/)
  })

  test('of a folder that is not there is empty', () => {
    expect(listInstances(join(root, 'none'))).toEqual([])
  })
})

describe('cleaning', () => {
  test('removes the dead and never touches the living', () => {
    const removed = cleanInstances(listInstances(root))
    expect(removed.map(({ instance }) => instance)).toEqual(['broken', 'dead'])
    expect(existsSync(join(root, 'xk-dead'))).toBe(false)
    expect(existsSync(join(root, 'xk-alive', 'io.region'))).toBe(true)
    expect(existsSync(join(root, 'other'))).toBe(true)
  })

  test('leaves a folder with files of others', () => {
    mkdirSync(join(root, 'xk-mixed'))
    writeFileSync(join(root, 'xk-mixed', 'notes.txt'), 'mine')
    expect(cleanInstances(listInstances(root))).toEqual([])
    expect(existsSync(join(root, 'xk-mixed', 'notes.txt'))).toBe(true)
  })

  test('does not trust an old list: an owner that started meanwhile keeps its region', () => {
    unmapRegion(makeRegion('raced', 'io'))
    mapped.pop()
    const list = listInstances(root)
    mapped.push(mapOwnedRegion(join(root, 'xk-raced', 'io.region'), plan.bytes, { takeOver: true }))
    expect(cleanInstances(list)).toEqual([])
    expect(existsSync(join(root, 'xk-raced', 'io.region'))).toBe(true)
  })
})

test('xk regions --clean prints what it removed as JSON', async () => {
  mkdirSync(join(root, 'xk-gone'))
  writeFileSync(join(root, 'xk-gone', 'io.region'), '')
  const run = await runXk(['regions', '--clean', '--json', '--root', root])
  expect(run.exitCode).toBe(0)
  const result = JSON.parse(run.stdout)
  expect(result.removed).toEqual([join(root, 'xk-gone')])
  expect(result.instances.map(({ instance }: { instance: string }) => instance)).toContain('alive')
})
