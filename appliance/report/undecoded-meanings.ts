/** Of the reasons why something was not decoded: what it means, and what can be done, where that is more than the reason's name. */
const MEANINGS: Readonly<Record<string, string>> = {
  unknownProtocol: 'datagrams of no feed that is read, or only possibly of one',
  unknownStream: 'segments of no feed that is read',
  feedLeftOut: 'of a feed that is known and not among those that --feed names: name it, too',
  recognisedOnly:
    'messages of a feed that is known by their types and lengths alone: followed and counted, but without the layouts of ' +
    'their fields there are no records. Other feeds of the file are decoded; docs/add-a-feed.md tells how to add this one',
  unknownLinkType: 'packets neither of Ethernet nor of cooked or raw IP',
  unknownOrder: 'messages about orders from before the capture, or from messages that are missing',
}

/** A reason with what it means: `unknownStream, segments of no feed that is read`. */
export function explainUndecoded(reason: string): string {
  const meaning = MEANINGS[reason]
  return meaning === undefined ? reason : `${reason}, ${meaning}`
}
