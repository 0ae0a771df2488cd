import { AlarmClock, AlarmClockOff, CalendarDays } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { useNow } from '../state/clock'
import { snooze } from '../state/work'
import { t } from '../text'
import { whenText } from '../text/time'
import { useStateAbout } from '../ui/about'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Menu } from '../ui/menu'
import { choices, localText, momentOf } from './snooze-times'

interface Props {
  trigger: ReactElement
  ids: readonly number[]
  snoozedUntil: number | null
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Puts conversations away until a time. */
export function SnoozeMenu({ trigger, ids, snoozedUntil, ...rest }: Props) {
  const [picking, setPicking] = useStateAbout(false)
  const [unlessReply, setUnlessReply] = useStateAbout(true)
  const now = useNow()
  return (
    <>
      <Menu
        label={t('work:snooze')}
        trigger={trigger}
        {...rest}
        items={() => [
          ...(snoozedUntil === null
            ? []
            : [
                { label: t('work:endSnooze'), icon: AlarmClockOff, onSelect: () => void snooze(ids, null) },
                'separator' as const,
              ]),
          ...choices(now).map(({ name, at }) => ({
            label: t(`work:${name}`),
            icon: AlarmClock,
            hint: whenText(at, now),
            onSelect: () => void snooze(ids, at, unlessReply),
          })),
          { label: t('work:pick'), icon: CalendarDays, onSelect: () => setPicking(true) },
          'separator',
          {
            label: t('work:wakeOnReply'),
            checked: unlessReply,
            keepOpen: true,
            onSelect: () => setUnlessReply(!unlessReply),
          },
        ]}
      />
      {picking && (
        <PickDate
          begin={snoozedUntil}
          onClose={() => setPicking(false)}
          onPick={(at) => void snooze(ids, at, unlessReply)}
        />
      )}
    </>
  )
}

function PickDate({
  begin,
  onPick,
  onClose,
}: {
  begin: number | null
  onPick: (at: number) => void
  onClose: () => void
}) {
  const [text, setText] = useState(() =>
    localText(begin ?? choices(Date.now()).find(({ name }) => name === 'tomorrow')?.at ?? Date.now()),
  )
  const [tried, setTried] = useState(false)
  const now = useNow()
  const at = momentOf(text)
  const wrong = at === null || at <= now
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('work:pickTitle')}
      description={t('work:pickText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="snooze">
            {t('work:pickDo')}
          </Button>
        </>
      }
    >
      <form
        id="snooze"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (wrong) return
          onPick(at)
          onClose()
        }}
      >
        <Field label={t('work:pickLabel')} {...(tried && wrong ? { error: t('work:pickPast') } : {})}>
          {(ids) => (
            <Input
              {...ids}
              type="datetime-local"
              value={text}
              min={localText(now)}
              onChange={(event) => setText(event.target.value)}
              autoFocus
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
