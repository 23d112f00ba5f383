import { Itch50Type } from '../itch50/layout.ts'
import type { ItchWriter } from './itch-writer.ts'

/** Shares of all messages that the day aims at; adds and deletes take the rest in balance, as on a real day. */
export const MIX_SHARES = {
  executed: 0.05,
  executedWithPrice: 0.003,
  cancelled: 0.02,
  replaced: 0.06,
  attributed: 0.01,
  hidden: 0.01,
} as const

const RETUNE_EVENTS = 128

/**
 * Keeps the message mix on target by feedback: what is still missing of each type, over the events still to come,
 * sets how often the agents do it. The agents tell what they did; nothing else of theirs depends on the counts.
 */
export class MessageMix {
  /** Probability that an event is a marketable order. */
  take = 0.1
  /** Probability that an execution improves on the displayed price. */
  improve = 0.05
  /** Probability that an event is a trade with a hidden order. */
  hidden = 0.03
  /** Probability that an event cancels part of an order. */
  reduce = 0.05
  /** Probability that a changed quote is replaced rather than deleted and added. */
  replace = 0.3
  /** Probability that an add carries its participant's name. */
  attribute = 0.02
  events = 0
  private takes = 0
  private requotes = 0
  private startMessages = 0
  private startExecuted = 0
  private readonly writer: ItchWriter
  private readonly totalMessages: number

  constructor(writer: ItchWriter, totalMessages: number) {
    this.writer = writer
    this.totalMessages = totalMessages
  }

  /** Start of continuous trading. */
  begin(): void {
    this.startMessages = this.writer.messages
    this.startExecuted = this.executed()
  }

  noteTake(): void {
    this.takes++
  }

  noteRequote(): void {
    this.requotes++
  }

  /** Messages that one event makes on average, its followers included. */
  messagesPerEvent(): number {
    return (this.writer.messages - this.startMessages + 300) / (this.events + 100)
  }

  /** Counts an event, and now and then sets the probabilities anew. @param messagesLeft of continuous trading */
  noteEvent(messagesLeft: number): void {
    this.events++
    if (this.events % RETUNE_EVENTS !== 0 || messagesLeft <= 0) return
    const eventsLeft = messagesLeft / this.messagesPerEvent() + 1
    const executedPerTake = (this.executed() - this.startExecuted + 20) / (this.takes + 10)
    const executedMissing = this.missing(Itch50Type.OrderExecuted, MIX_SHARES.executed)
    const improvedMissing = this.missing(Itch50Type.OrderExecutedWithPrice, MIX_SHARES.executedWithPrice)
    const requotesPerEvent = (this.requotes + 50) / (this.events + 100)
    this.take = limit((executedMissing + improvedMissing) / executedPerTake / eventsLeft, 0.5)
    this.improve = limit(improvedMissing / (executedMissing + improvedMissing + 1), 0.3)
    this.hidden = limit(this.missing(Itch50Type.Trade, MIX_SHARES.hidden) / eventsLeft, 0.2)
    this.reduce = limit(this.missing(Itch50Type.OrderCancel, MIX_SHARES.cancelled) / eventsLeft, 0.3)
    this.replace = limit(
      this.missing(Itch50Type.OrderReplace, MIX_SHARES.replaced) / (eventsLeft * requotesPerEvent),
      0.9,
    )
    this.attribute = limit(
      this.missing(Itch50Type.AddOrderAttributed, MIX_SHARES.attributed) / (0.42 * messagesLeft),
      0.2,
    )
  }

  private executed(): number {
    return (
      this.writer.messagesByType[Itch50Type.OrderExecuted]! +
      this.writer.messagesByType[Itch50Type.OrderExecutedWithPrice]!
    )
  }

  private missing(type: number, share: number): number {
    return Math.max(0, share * this.totalMessages - this.writer.messagesByType[type]!)
  }
}

function limit(probability: number, most: number): number {
  return Math.min(most, Math.max(0.0005, probability))
}
