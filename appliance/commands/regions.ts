import type { Command } from 'commander'
import { cleanRegions, listRegions, REGIONS_ROOT } from '../../kernels/region/residue.ts'
import type { Frame } from '../cli/frame.ts'
import { renderRegions } from '../report/regions-report.ts'

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
        const instances = listRegions(options.root)
        const removed = options.clean === true ? cleanRegions(instances) : []
        const left = instances.filter((instance) => !removed.includes(instance))
        const result = { instances: left, removed: removed.map((instance) => instance.path) }
        context.printResult(result, () => renderRegions(left, removed, options, context.paint))
        return undefined
      }),
    )
}
