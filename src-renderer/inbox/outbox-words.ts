import { AlertTriangle, CalendarClock, CircleAlert, Clock, Send, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { OutboxState } from '../../src-preload/contract'
import { t } from '../text'
import { inbox } from '../text/en/inbox'

interface Words {
  text: string
  kind: '' | 'warn' | 'bad'
  icon: LucideIcon
}

function isKnown(code: string): code is keyof typeof inbox.outboxWhy {
  return Object.hasOwn(inbox.outboxWhy, code)
}

/** What the chip of a message that has not left says. `failed` names the reason in two words. */
export function outboxWords(state: OutboxState, error: string | null): Words {
  switch (state) {
    case 'queued':
      if (error === 'scheduled') return { text: t('inbox:outboxState.scheduled'), kind: '', icon: CalendarClock }
      if (error === 'rate-limited') return { text: t('inbox:outboxState.rateLimited'), kind: '', icon: Clock }
      // It may wait for its time to be taken back, or for the network: which of them only a try tells.
      if (error === null) return { text: t('inbox:outboxState.soon'), kind: '', icon: Send }
      return { text: t('inbox:outboxState.queued'), kind: '', icon: Clock }
    case 'held':
      return { text: t('inbox:outboxState.held'), kind: 'warn', icon: TriangleAlert }
    case 'sending':
      return { text: t('inbox:outboxState.sending'), kind: '', icon: Send }
    case 'sent':
      return { text: t('inbox:outboxState.sent'), kind: '', icon: Send }
    case 'uncertain':
      return { text: t('inbox:outboxState.uncertain'), kind: 'warn', icon: CircleAlert }
    case 'failed': {
      const why = error !== null && isKnown(error) ? t(`inbox:outboxWhy.${error}`) : null
      return {
        text: why ? t('inbox:outboxState.failedWhy', { why }) : t('inbox:outboxState.failed'),
        kind: 'bad',
        icon: AlertTriangle,
      }
    }
  }
}
