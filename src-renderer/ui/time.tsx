import { memo } from 'react'
import { useNow } from '../state/clock'
import { agoText, exactTime, listTime, messageTime, searchTime, whenText } from '../text/time'

const forms = { list: listTime, message: messageTime, search: searchTime, ago: agoText, when: whenText }

/** A time in the short form of its place, with the full time in the tooltip; it keeps itself up to date. */
export const Time = memo(function Time({
  at,
  form = 'list',
  className,
}: {
  at: number
  form?: keyof typeof forms
  className?: string
}) {
  const now = useNow()
  return (
    <time className={className} dateTime={new Date(at).toISOString()} data-tip={exactTime(at)}>
      {forms[form](at, now)}
    </time>
  )
})
