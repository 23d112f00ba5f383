/** The messages and fields that the room reads, from one version of CME's schema. */
export interface DecoderSelection {
  /** Folder under `generated/`. */
  readonly folder: string
  /** The schema's file name, as CME's releases are kept by Open-Markets-Initiative/Directory. */
  readonly schemaFile: string
  readonly messages: Readonly<Record<string, readonly string[] | undefined>>
  readonly types: readonly string[]
}

const DEFINITION_FIELDS = [
  'SecurityUpdateAction',
  'LastUpdateTime',
  'MDSecurityTradingStatus',
  'SecurityGroup',
  'Asset',
  'Symbol',
  'SecurityID',
  'Currency',
  'MinPriceIncrement',
  'HighLimitPrice',
  'LowLimitPrice',
  'NoMDFeedTypes.MDFeedType',
  'NoMDFeedTypes.MarketDepth',
] as const

const SNAPSHOT_FIELDS = [
  'LastMsgSeqNumProcessed',
  'SecurityID',
  'RptSeq',
  'MDSecurityTradingStatus',
  'HighLimitPrice',
  'LowLimitPrice',
  'NoMDEntries.MDEntryPx',
  'NoMDEntries.MDEntrySize',
  'NoMDEntries.NumberOfOrders',
  'NoMDEntries.MDPriceLevel',
  'NoMDEntries.OpenCloseSettlFlag',
  'NoMDEntries.MDEntryType',
] as const

/**
 * Three versions of the schema: each template's layout is taken from the newest version that has it. Prices are of exponent
 * −7 in the templates up to 44, and −9 in those from 46 on.
 */
export const DECODER_SELECTIONS: readonly DecoderSelection[] = [
  {
    folder: 'v8',
    schemaFile: 'Cme.Futures.Mdp3.Sbe.v1.8.xml',
    messages: { MDIncrementalRefreshTrade36: undefined },
    types: [],
  },
  {
    folder: 'v9',
    schemaFile: 'Cme.Futures.Mdp3.Sbe.v1.9.xml',
    messages: {
      MDInstrumentDefinitionFuture27: DEFINITION_FIELDS,
      MDInstrumentDefinitionSpread29: DEFINITION_FIELDS,
      MDIncrementalRefreshBook32: undefined,
      MDIncrementalRefreshDailyStatistics33: undefined,
      MDIncrementalRefreshLimitsBanding34: undefined,
      MDIncrementalRefreshSessionStatistics35: undefined,
      SnapshotFullRefresh38: SNAPSHOT_FIELDS,
      MDInstrumentDefinitionOption41: DEFINITION_FIELDS,
      MDIncrementalRefreshTradeSummary42: undefined,
      MDIncrementalRefreshOrderBook43: undefined,
      SnapshotFullRefreshOrderBook44: undefined,
    },
    types: [],
  },
  {
    folder: 'v13',
    schemaFile: 'Cme.Futures.Mdp3.Sbe.v1.13.xml',
    messages: {
      ChannelReset4: undefined,
      SecurityStatus30: undefined,
      MDIncrementalRefreshVolume37: undefined,
      MDIncrementalRefreshBook46: undefined,
      MDIncrementalRefreshOrderBook47: undefined,
      MDIncrementalRefreshTradeSummary48: undefined,
      MDIncrementalRefreshDailyStatistics49: undefined,
      MDIncrementalRefreshLimitsBanding50: undefined,
      MDIncrementalRefreshSessionStatistics51: undefined,
      SnapshotFullRefresh52: SNAPSHOT_FIELDS,
      SnapshotFullRefreshOrderBook53: undefined,
      MDInstrumentDefinitionFuture54: DEFINITION_FIELDS,
      MDInstrumentDefinitionOption55: DEFINITION_FIELDS,
      MDInstrumentDefinitionSpread56: DEFINITION_FIELDS,
      MDInstrumentDefinitionFixedIncome57: DEFINITION_FIELDS,
      MDInstrumentDefinitionRepo58: DEFINITION_FIELDS,
      SecurityStatusWorkup60: [
        'TransactTime',
        'SecurityID',
        'MatchEventIndicator',
        'SecurityTradingStatus',
        'HaltReason',
      ],
      MDInstrumentDefinitionFX63: DEFINITION_FIELDS,
      MDIncrementalRefreshBookLongQty64: undefined,
      MDIncrementalRefreshTradeSummaryLongQty65: undefined,
      MDIncrementalRefreshVolumeLongQty66: undefined,
      MDIncrementalRefreshSessionStatisticsLongQty67: undefined,
      SnapshotFullRefreshLongQty69: SNAPSHOT_FIELDS,
    },
    types: [
      'MatchEventIndicator',
      'MDEntryType',
      'MDUpdateAction',
      'OrderUpdateAction',
      'OpenCloseSettlFlag',
      'SecurityTradingStatus',
      'SecurityUpdateAction',
      'HaltReason',
      'AggressorSide',
    ],
  },
]
