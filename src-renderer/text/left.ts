const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** 179 d, 2 d 4 h, 38 m: what is left, for counters. Rounded down, so that nothing seems to last longer than it does. */
export function leftText(ms: number): string {
  const left = Math.max(0, ms)
  if (left >= 100 * day) return `${Math.floor(left / day)} d`
  if (left >= day) return `${Math.floor(left / day)} d ${Math.floor((left % day) / hour)} h`
  if (left >= hour) return `${Math.floor(left / hour)} h ${Math.floor((left % hour) / minute)} m`
  return left >= minute ? `${Math.floor(left / minute)} m` : `${Math.floor(left / 1000)} s`
}
