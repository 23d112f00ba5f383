import type { InstanceResidue, RegionFault, RegionResidue } from '../../kernels/region/residue.ts'
import { formatBytes, formatCount } from '../cli/format.ts'
import { LINE_COLUMNS_MAX, renderTable, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'

/** Entries of a dead kernel's flight recorder that are shown. */
const LAST_WORDS_SHOWN = 3

/** What `xk regions` shows: what was removed, the table of what is left, and what the dead said last. */
export function renderRegions(
  left: readonly InstanceResidue[],
  removed: readonly InstanceResidue[],
  options: { readonly clean?: boolean; readonly root: string },
  paint: Paint,
): string[] {
  const lines: string[] = removed.map((instance) => `removed ${instance.path}, ${formatBytes(instance.bytes)}`)
  if (options.clean === true && removed.length === 0) lines.push('nothing to clean')
  if (left.length === 0) return options.clean === true ? lines : [`no instances in ${options.root}`]
  lines.push(...renderOwners(left, paint))
  for (const { instance, regions } of left)
    for (const region of regions) lines.push(...renderLastWords(instance, region))
  if (options.clean !== true && left.some((instance) => !instance.isLive)) {
    lines.push('dead instances can be removed: xk regions --clean')
  }
  return lines
}

function renderOwners(instances: readonly InstanceResidue[], paint: Paint): string[] {
  const columns = [
    { title: 'instance' },
    { title: 'region' },
    { title: 'owner', align: 'right' as const },
    { title: 'lives' },
    { title: 'state' },
    { title: 'epoch', align: 'right' as const },
    { title: 'size', align: 'right' as const },
  ]
  const rows = instances.flatMap(({ instance, regions }) =>
    regions.map(({ kernel, box, isLive, problem, bytes }) => [
      instance,
      kernel,
      box === null ? '-' : `${box.ownerPid}`,
      isLive ? paint.green('yes') : 'no',
      problem ?? box?.state.toLowerCase() ?? '-',
      box === null ? '-' : formatCount(box.epoch),
      formatBytes(bytes),
    ]),
  )
  return renderTable(columns, rows, 0)
}

/** A dead kernel's black box: the fault that ended it, and the newest entries of its flight recorder. */
function renderLastWords(instance: string, { kernel, box, isLive }: RegionResidue): string[] {
  if (isLive || box === null) return []
  const words = box.flight.slice(-LAST_WORDS_SHOWN).map((entry) => entry.text)
  if (box.fault !== null) words.push(describeFault(box.fault))
  if (words.length === 0) return []
  return wrapText(words.join(' | '), LINE_COLUMNS_MAX, `last words of ${instance} ${kernel}: `, '  ')
}

function describeFault(fault: RegionFault): string {
  const where = fault.region === null ? 'outside of all regions' : `${fault.region} region, byte ${fault.offsetBytes}`
  return `${fault.signal}: ${where}`
}
