import { describe, expect, it } from 'vitest'
import '../../src-renderer/text'
import {
  agoText,
  calendarText,
  daysBetween,
  fieldTime,
  listTime,
  messageTime,
  searchTime,
} from '../../src-renderer/text/time'

// a zone with summer time, so that days of 23 and 25 hours are among those counted
process.env['TZ'] = 'Europe/Berlin'

const at = (text: string) => new Date(text).getTime()
const now = at('2026-11-22T12:00:00')
const clock = (time: number) => new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(time)

describe('times', () => {
  it('a message of last night is not "today"', () => {
    const night = at('2026-11-21T23:59:00')
    expect(listTime(night, at('2026-11-22T00:01:00'))).toBe('Yesterday')
    expect(listTime(at('2026-11-22T00:00:30'), now)).toBe(clock(at('2026-11-22T00:00:30')))
  })
  it('a weekday never stands for a day of last week', () => {
    expect(listTime(at('2026-11-16T12:00:00'), now)).toBe(
      new Intl.DateTimeFormat(undefined, { weekday: 'short' }).format(at('2026-11-16T12:00:00')),
    )
    expect(listTime(at('2026-11-15T12:00:00'), now)).toBe(
      new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }).format(at('2026-11-15T12:00:00')),
    )
  })
  it('another year is named', () => {
    expect(listTime(at('2025-11-22T12:00:00'), now)).toContain('2025')
    expect(listTime(at('2026-01-02T12:00:00'), now)).not.toContain('2026')
  })
  it('a clock that runs ahead does not give "tomorrow" a weekday', () => {
    expect(listTime(at('2026-11-24T12:00:00'), now)).toMatch(/24/)
    expect(agoText(now + 60_000, now)).toBe('just now')
  })
  it('days count by the calendar, also over the change of summer time', () => {
    expect(daysBetween(at('2026-03-28T23:30:00'), at('2026-03-29T23:30:00'))).toBe(1)
    expect(daysBetween(at('2026-10-24T00:30:00'), at('2026-10-26T23:30:00'))).toBe(2)
  })
  it('older messages keep their clock time in the thread', () => {
    const old = at('2026-11-20T17:48:00')
    expect(messageTime(old, now)).toContain(clock(old))
    expect(searchTime(at('2026-11-22T10:31:00'), now)).toBe(`Today ${clock(at('2026-11-22T10:31:00'))}`)
  })
  it('counts up in seconds, minutes, hours, then gives the day', () => {
    expect(agoText(now - 20_000, now)).toBe('20 s ago')
    expect(agoText(now - 119_000, now)).toBe('1 m ago')
    expect(agoText(now - 3 * 3_600_000, now)).toBe('3 h ago')
    expect(agoText(now - 24 * 3_600_000, now)).toBe('Yesterday')
  })
  it('a day of the calendar is not the day before or after, early and late, over the change of summer time', () => {
    for (const day of ['2026-01-01', '2026-03-29', '2026-10-25', '2028-02-29']) {
      expect(calendarText(day)).toBe(
        new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }).format(at(`${day}T23:59:00`)),
      )
      for (const time of ['00:05', '23:55']) expect(fieldTime(at(`${day}T${time}:30`))).toBe(`${day}T${time}`)
    }
  })
})
