import { useState } from 'react'
import type { OutboxItem } from '../../src-preload/contract'
import { outboxActs, reschedule } from '../state/outbox'
import { t } from '../text'
import { Button } from '../ui/button'
import { MoreMenu } from '../ui/menu'
import { SendLater } from '../ui/send-later'

/** What a person can do about a message that has not left. `inList` adds what the conversation itself offers. */
export function useOutboxActs(item: OutboxItem, inList: boolean) {
  const [asking, setAsking] = useState(false)
  const { buttons, more } = outboxActs(item, inList, () => setAsking(true))
  return {
    count: buttons.length,
    acts: (
      <>
        {buttons.map((act) => (
          <Button key={act.label} size="sm" onClick={act.run}>
            {act.label}
          </Button>
        ))}
        {more.length > 0 && (
          <MoreMenu
            label={t('sending:acts.more')}
            items={more.map(({ label, danger, run }) => ({ label, ...(danger ? { danger } : {}), onSelect: run }))}
          />
        )}
      </>
    ),
    dialog: asking && (
      <SendLater
        from={{ at: item.dueAt, unlessAnswered: item.unlessAnswered }}
        onClose={() => setAsking(false)}
        onChoose={(at, unlessAnswered) => void reschedule(item, at, unlessAnswered)}
      />
    ),
  }
}
