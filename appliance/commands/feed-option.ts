import type { Command } from 'commander'
import { FEED_NAMES } from '../../feeds/protocol/registry.ts'
import { UsageError } from '../cli/errors.ts'
import { findNearestName } from '../cli/nearest-name.ts'

/** Adds `--feed NAME`, which may be given again, or with several names between commas. */
export function addFeedOption(command: Command): Command {
  return command.option(
    '--feed <name>',
    'take flows and files for this feed only; may be given again',
    (text: string, all: string[] = []) => [...all, ...text.split(',').map(checkFeedName)],
  )
}

function checkFeedName(text: string): string {
  const name = text.trim()
  if (FEED_NAMES.includes(name)) return name
  const nearest = findNearestName(name, FEED_NAMES)
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `
  throw new UsageError(
    `there is no feed "${name}"`,
    `${meant}The feeds are ${FEED_NAMES.join(', ')}; docs/add-a-feed.md tells how to add one`,
  )
}
