import { ADMINISTRATIVE } from './administrative-cases.ts'
import type { MessageCase } from './encode.ts'
import { ORDERS, TRADING } from './trading-cases.ts'

/**
 * One message of every type and variant, laid out field by field as the exchange's specifications have them, and the records
 * that they must become.
 */
export const CASES: readonly MessageCase[] = [...ADMINISTRATIVE, ...TRADING, ...ORDERS]
