import { readdirSync } from 'node:fs'

/** Damaged databases that were set aside in a profile, the newest first: their names follow each other in that order. */
export const damagedIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => /^postern-damaged-.*\.db$/.test(name))
    .toSorted()
    .toReversed()

/** The name for the next one: behind all that are there, also where the clock was ahead when they were. */
export function nextDamaged(dir: string): string {
  const name = `postern-damaged-${new Date().toISOString().replace(/[:.]/g, '-')}.db`
  const [last] = damagedIn(dir)
  return last === undefined || last < name ? name : last.replace(/\.db$/, '_.db')
}
