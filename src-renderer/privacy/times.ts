import { t } from '../text'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** 1 hour, 7 days: a length in words. */
export function lengthText(ms: number): string {
  // Some seconds pass between the choice of an hour and the grant.
  if (ms >= day - minute) return t('privacy:durations.days', { count: Math.round(ms / day) })
  if (ms >= hour - minute) return t('privacy:durations.hours', { count: Math.round(ms / hour) })
  return t('privacy:durations.minutes', { count: Math.max(1, Math.round(ms / minute)) })
}
