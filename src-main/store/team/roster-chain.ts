import type { Reader } from '../file/database'
import type { RosterBody } from './roster-body'

/** One record as it is kept. */
export interface Link {
  readonly hash: string
  readonly version: number
  readonly previous: string
  /** Key that signed it, as the roster writes keys. */
  readonly signer: string
  /** null: not sealed to this computer. */
  readonly body: string | null
}

/** Signed by the owner's device of the record before, or by the recovery key, which outranks it. @param key as the roster writes keys */
export function mayFollow(before: RosterBody, key: string): boolean {
  if (key === before.recovery.signKey) return true
  return before.devices.some(
    ({ id, signKey: known, cutOff }) => id === before.owner && known === key && cutOff === null,
  )
}

/**
 * Which records count is a function of the set of those that are here: from `first`, at each step the follower that the recovery key
 * signed or that leads to one it signed, else the one with the lowest hash. So a replayed old record changes nothing, two records of
 * one version come out the same on every console, and a stolen owner's computer cannot go back behind the recovery that took it out.
 * @returns `gone`: the next one is not sealed to us, since we were taken out
 */
export function chainFrom<L extends Link>(
  first: L | undefined,
  all: readonly L[],
  bodyOf: (body: string | null) => RosterBody,
): { chain: string[]; last: L | undefined; gone: boolean } {
  const after = Map.groupBy(all, ({ previous }) => previous)
  const followersOf = (row: L): L[] => {
    if (row.body === null) return []
    const next = after.get(row.hash)?.filter(({ version }) => version === row.version + 1) ?? []
    const body = next.length > 0 ? bodyOf(row.body) : null
    return body ? next.filter(({ signer }) => mayFollow(body, signer)) : []
  }
  /** Whether one of these, or of what follows them, was signed by that key. */
  const leadTo = (rows: L[], key: string): boolean => {
    for (let here = rows; here.length > 0; here = here.flatMap(followersOf))
      if (here.some(({ signer }) => signer === key)) return true
    return false
  }
  const chain: string[] = []
  let last: L | undefined
  for (let current = first; current;) {
    chain.push(current.hash)
    last = current
    let followers = followersOf(current)
    if (followers.length > 1) {
      const key = bodyOf(current.body).recovery.signKey
      for (const outranks of [({ signer }: L) => signer === key, (row: L) => leadTo([row], key)])
        if (followers.some(outranks)) followers = followers.filter(outranks)
    }
    const next: L | undefined = followers.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))[0]
    if (next?.body === null) return { chain, last, gone: true }
    current = next
  }
  return { chain, last, gone: false }
}

/**
 * Whether the chain ends early because damage took a record from the middle of what counted: that holds until the record comes again.
 * @param now the newest record that counted
 */
export function isBroken(all: readonly Link[], last: Link, now: Pick<Link, 'hash' | 'version'> | null): boolean {
  if (!now || now.version <= last.version) return false
  const here = new Map(all.map((one) => [one.hash, one]))
  let row = here.get(now.hash)
  while (row && row.version > last.version) row = here.get(row.previous)
  return row === undefined
}

/** Whether every record from the first one on is here: then none that lets this computer in lies elsewhere. */
export const wholeRoster = (read: Reader): boolean =>
  read.get<{ whole: number | null }>('SELECT count(DISTINCT version) = max(version) AS whole FROM team_rosters')
    ?.whole === 1
