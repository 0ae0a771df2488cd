const hour = 3_600_000
const morning = 9

export type SnoozeName = 'later' | 'evening' | 'tomorrow' | 'nextWeek' | 'month'

function on(base: Date, days: number, at: number): number {
  // By the calendar, not by 24 hours: the clock may be changed in between.
  return new Date(base.getFullYear(), base.getMonth(), base.getDate() + days, at).getTime()
}

/** The usual times to come back, in ms; only those that lie ahead by an hour or more. */
export function choices(now: number): { name: SnoozeName; at: number }[] {
  const today = new Date(now)
  const toMonday = (8 - today.getDay()) % 7 || 7
  const all: { name: SnoozeName; at: number }[] = [
    { name: 'later', at: Math.ceil((now + 3 * hour) / (hour / 4)) * (hour / 4) },
    { name: 'evening', at: on(today, 0, 18) },
    { name: 'tomorrow', at: on(today, 1, morning) },
    { name: 'nextWeek', at: on(today, toMonday, morning) },
    { name: 'month', at: on(today, 28, morning) },
  ]
  const late = today.getHours() >= 20
  return all.filter(({ name, at }) => at - now >= hour && !(name === 'later' && late)).toSorted((a, b) => a.at - b.at)
}

const two = (n: number): string => String(n).padStart(2, '0')

/** The form of <input type="datetime-local">, in this computer's zone. */
export function localText(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** ms; null while the text is no moment. */
export function momentOf(text: string): number | null {
  const at = new Date(text).getTime()
  return Number.isNaN(at) ? null : at
}
