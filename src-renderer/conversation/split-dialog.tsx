import { useState } from 'react'
import type { Conversation } from '../../src-preload/contract'
import { useNow } from '../state/clock'
import { splitConversation } from '../state/threads'
import { t } from '../text'
import { messageTime } from '../text/time'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Segmented, Select } from '../ui/field'
import { nameOf } from '../text/correspondents'

/** Asks at which message a conversation is split, and what goes. */
export function SplitDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { messages } = conversation
  const now = useNow()
  const [id, setId] = useState(() => (messages.findLast((message) => message.newSubject) ?? messages.at(-1))?.id ?? 0)
  const [which, setWhich] = useState<'from' | 'one'>('from')
  const whole = messages.length < 2 || (which === 'from' && messages[0]?.id === id)
  const split = () => {
    onClose()
    void splitConversation(id, which)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('threads:splitTitle')}
      description={t('threads:splitText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" disabled={whole} onClick={split}>
            {t('threads:splitDo')}
          </Button>
        </>
      }
    >
      <Field label={t('threads:splitAt')} error={whole ? t('threads:splitNothing') : undefined}>
        {(ids) => (
          <Select
            {...ids}
            value={String(id)}
            onChange={(event) => setId(Number(event.target.value))}
            options={messages.map((message) => ({
              value: String(message.id),
              label: t('threads:splitOption', {
                name: nameOf(message.from),
                time: messageTime(message.date, now),
                snippet: message.snippet.slice(0, 60),
              }),
            }))}
          />
        )}
      </Field>
      <Segmented
        label={t('threads:splitWhich')}
        value={which}
        onChange={setWhich}
        options={(['from', 'one'] as const).map((value) => ({ value, label: t(`threads:which.${value}`) }))}
      />
    </Dialog>
  )
}
