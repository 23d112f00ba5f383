import type { Command } from 'commander'
import type { CommandContext } from '../cli/command-context.ts'
import { formatBytes, formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { renderTable } from '../cli/table.ts'
import { cleanInstances, type InstanceFacts, listInstances } from '../regions/instances.ts'
import { REGIONS_ROOT } from '../supervisor/instance-folder.ts'

/** `xk regions [--clean]`: the shared memory of all instances, and how to get rid of what dead ones left. */
export function addRegionsCommand(program: Command, frame: Frame): void {
  frame
    .addCommand(program, {
      name: 'regions',
      summary: 'list the shared memory of all instances, or clean up after dead ones',
      description:
        `Lists the regions in ${REGIONS_ROOT}: whose they are, whether their owner lives. With --clean removes those ` +
        'of dead instances; a live one is never touched.',
      examples: [
        ['regions', 'who holds shared memory here?'],
        ['regions --clean', 'remove what a crash left behind'],
      ],
    })
    .option('--clean', 'remove the regions of dead instances')
    .option('--root <folder>', 'where the shared memory lies', REGIONS_ROOT)
    .action((options: { clean?: boolean; root: string; json?: boolean }) =>
      frame.run(options.json === true, (context) => {
        const instances = listInstances(options.root)
        const removed = options.clean === true ? cleanInstances(instances) : []
        const left = instances.filter((instance) => !removed.includes(instance))
        const result = { instances: left, removed: removed.map((instance) => instance.path) }
        context.printResult(result, () => renderRegions(context, left, removed, options))
        return undefined
      }),
    )
}

function renderRegions(
  context: CommandContext,
  left: readonly InstanceFacts[],
  removed: readonly InstanceFacts[],
  options: { clean?: boolean; root: string },
): string[] {
  const lines: string[] = removed.map((instance) => `removed ${instance.path}, ${formatBytes(instance.bytes)}`)
  if (options.clean === true && removed.length === 0) lines.push('nothing to clean')
  if (left.length === 0) return options.clean === true ? lines : [`no instances in ${options.root}`]
  const columns = [
    { title: 'instance' },
    { title: 'region' },
    { title: 'owner', align: 'right' as const },
    { title: 'lives' },
    { title: 'state' },
    { title: 'epoch', align: 'right' as const },
    { title: 'size', align: 'right' as const },
  ]
  const rows = left.flatMap(({ instance, regions }) =>
    regions.map((region) => [
      instance,
      region.kernel,
      region.ownerPid === null ? '-' : `${region.ownerPid}`,
      region.isLive ? context.paint.green('yes') : 'no',
      region.problem ?? region.state?.toLowerCase() ?? '-',
      region.epoch === null ? '-' : formatCount(region.epoch),
      formatBytes(region.bytes),
    ]),
  )
  lines.push(...renderTable(columns, rows, 0))
  if (options.clean !== true && left.some((instance) => !instance.isLive)) {
    lines.push('dead instances can be removed: xk regions --clean')
  }
  return lines
}
