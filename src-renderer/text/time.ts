import { t } from './index'

const day = 86_400_000
/** Constructing a formatter takes a hundred times longer than using it, so each is made once. */
const made = new Map<string, Intl.DateTimeFormat>()

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options)
  let formatter = made.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(undefined, options)
    made.set(key, formatter)
  }
  return formatter.format(at)
}

const clock = (at: number) => format(at, { hour: 'numeric', minute: '2-digit' })
const weekday = (at: number) => format(at, { weekday: 'short' })

function date(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return format(at, sameYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' })
}

/** Whole calendar days between two times, by the local calendar (so that summer time counts right). */
export function daysBetween(at: number, now: number): number {
  const midnight = (time: number) => {
    const local = new Date(time)
    return Date.UTC(local.getFullYear(), local.getMonth(), local.getDate())
  }
  return Math.round((midnight(now) - midnight(at)) / day)
}

/** For rows: 10:42, Yesterday, Tue, 3 Oct, 3 Oct 2025. Times in the future (a wrong clock) are shown as dates. */
export function listTime(at: number, now: number): string {
  const days = daysBetween(at, now)
  if (days === 0) return clock(at)
  if (days === 1) return t('common:time.yesterday')
  return days > 1 && days < 7 ? weekday(at) : date(at, now)
}

/** For messages: 10:31, Yesterday 10:31, Tue 17:48, 3 Oct 17:48. */
export function messageTime(at: number, now: number): string {
  return daysBetween(at, now) === 0 ? clock(at) : `${listTime(at, now)} ${clock(at)}`
}

/** For what lies ahead: 18:00, tomorrow 08:00, Mon 08:00, 3 Dec 08:00. */
export function comingTime(at: number, now: number): string {
  const days = daysBetween(now, at)
  if (days <= 0) return clock(at)
  if (days === 1) return t('common:time.tomorrow', { clock: clock(at) })
  return `${days < 7 ? weekday(at) : date(at, now)} ${clock(at)}`
}

/** For search results: Today 10:31, Yesterday, Tue, 29 Aug. */
export function searchTime(at: number, now: number): string {
  return daysBetween(at, now) === 0 ? t('common:time.today', { clock: clock(at) }) : listTime(at, now)
}

/** For counters: now, 20 s ago, 5 m ago, 3 h ago, then like a row. */
export function agoText(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1000)
  if (seconds < 5) return t('common:time.now')
  if (seconds < 60) return t('common:time.seconds', { n: seconds })
  if (seconds < 3600) return t('common:time.minutes', { n: Math.floor(seconds / 60) })
  if (seconds < 86_400) return t('common:time.hours', { n: Math.floor(seconds / 3600) })
  return listTime(at, now)
}

/** For sentences: Sunday, 22 November 2026, 10:42. */
export function fullTime(at: number): string {
  return format(at, { dateStyle: 'full', timeStyle: 'short' })
}

/** For tooltips: the same to the second. */
export function exactTime(at: number): string {
  return format(at, { dateStyle: 'full', timeStyle: 'medium' })
}

/** A day written out: 12 October 2026. */
export function dayText(at: number): string {
  return format(at, { dateStyle: 'long' })
}

/** A day of the calendar, 2026-10-12, written out: 12 October 2026. */
export function calendarText(day: string): string {
  return dayText(new Date(`${day}T12:00:00`).getTime())
}

/** The local time as a field for date and time has it, 2026-11-26T10:44; its first ten characters are the day. */
export function fieldTime(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** A moment ahead: the time today, else day and time. */
export function whenText(at: number, now: number): string {
  const time = clock(at)
  const days = daysBetween(now, at)
  if (days === 0) return time
  const day = format(at, Math.abs(days) < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'short' })
  return `${day}, ${time}`
}
