import { CalendarClock, CircleAlert, Clock, Send, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { OutboxState } from '../../src-preload/contract'
import { outboxWords, type OutboxWords } from '../state/outbox'
import { t } from '../text'
import { inbox } from '../text/en/inbox'

export const outboxIcons: Record<OutboxState, LucideIcon> = {
  queued: Clock,
  held: TriangleAlert,
  sending: Send,
  sent: Send,
  uncertain: CircleAlert,
  failed: TriangleAlert,
}

function isKnown(code: string): code is keyof typeof inbox.outboxWhy {
  return Object.hasOwn(inbox.outboxWhy, code)
}

/** What the chip of a message that has not left says: it has no room for times, and names a reason in two words. */
export function outboxChip(state: OutboxState, error: string | null): OutboxWords & { icon: LucideIcon } {
  const chip = { ...outboxWords(state, error), icon: outboxIcons[state] }
  if (state === 'failed' && error !== null && isKnown(error))
    return { ...chip, text: t('inbox:outboxState.failedWhy', { why: t(`inbox:outboxWhy.${error}`) }) }
  if (state !== 'queued') return chip
  if (error === 'scheduled') return { ...chip, text: t('inbox:outboxState.scheduled'), icon: CalendarClock }
  if (error === 'rate-limited') return { ...chip, text: t('inbox:outboxState.rateLimited') }
  // It may wait for its time to be taken back, or for the network: which of them only a try tells.
  if (error === null) return { ...chip, text: t('inbox:outboxState.soon'), icon: Send }
  return chip
}
