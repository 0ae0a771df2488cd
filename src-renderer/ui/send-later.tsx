import { useState } from 'react'
import { t } from '../text'
import { comingTime } from '../text/time'
import { Banner } from './banner'
import { Button } from './button'
import { Dialog } from './dialog'
import { Checkbox, Field, Input } from './field'

/** A day from `now` on at a full hour of the local clock. */
function dayAt(now: number, days: number, hour: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + days)
  day.setHours(hour, 0, 0, 0)
  return day.getTime()
}

/** The times that are offered, soonest first, in ms since 1970. */
function offeredTimes(now: number): { key: 'inHour' | 'tonight' | 'tomorrow' | 'monday'; at: number }[] {
  const weekday = new Date(now).getDay()
  const evening = dayAt(now, 0, 18)
  return [
    { key: 'inHour', at: now + 3_600_000 },
    ...(evening > now + 3_600_000 ? [{ key: 'tonight' as const, at: evening }] : []),
    { key: 'tomorrow', at: dayAt(now, 1, 8) },
    // on Sunday, tomorrow is Monday
    ...(weekday === 0 ? [] : [{ key: 'monday' as const, at: dayAt(now, (8 - weekday) % 7 || 7, 8) }]),
  ]
}

/** The form of `<input type="datetime-local">` in the local time zone. */
function localText(at: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Asks when a message shall leave, and whether also past an answer. */
export function SendLater({
  onClose,
  onChoose,
  from,
}: {
  onClose: () => void
  onChoose: (sendAt: number, unlessAnswered: boolean) => void
  from?: { at: number; unlessAnswered: boolean } | undefined
}) {
  const [now] = useState(() => Date.now())
  const [own, setOwn] = useState(() => localText(from && from.at > now ? from.at : dayAt(now, 1, 8)))
  const [unlessAnswered, setUnlessAnswered] = useState(from?.unlessAnswered ?? true)
  const [past, setPast] = useState(false)
  const choose = (at: number) => {
    if (!(at > Date.now())) return setPast(true)
    onChoose(at, unlessAnswered)
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(from ? 'sending:later.change' : 'sending:later.title')}
      description={t('sending:later.awake')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button size="lg" kind="primary" onClick={() => choose(new Date(own).getTime())}>
            {t('sending:later.do')}
          </Button>
        </>
      }
    >
      <div className="later-times">
        {offeredTimes(now).map(({ key, at }) => (
          <button key={key} type="button" className="mi" onClick={() => choose(at)}>
            <span className="grow">{t(`sending:later.${key}`)}</span>
            <span className="t3 num">{comingTime(at, now)}</span>
          </button>
        ))}
      </div>
      <Field label={t('sending:later.own')}>
        {(ids) => (
          <Input
            {...ids}
            type="datetime-local"
            value={own}
            min={localText(now)}
            onChange={(event) => {
              setOwn(event.target.value)
              setPast(false)
            }}
          />
        )}
      </Field>
      {past && <Banner kind="bad">{t('sending:later.past')}</Banner>}
      <Checkbox
        label={t('sending:later.unlessAnswered')}
        hint={t('sending:later.unlessAnsweredHint')}
        checked={unlessAnswered}
        onChange={(event) => setUnlessAnswered(event.target.checked)}
      />
    </Dialog>
  )
}
