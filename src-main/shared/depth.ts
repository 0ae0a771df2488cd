import type { MailboxDepth } from '../../src-preload/contract/depth'

/** What is kept of a message that is too large: its headers and, as a rule, its text. */
export const startBytes = 256 * 1024
const month = 30.44 * 86_400_000

/** The oldest arrival that is kept whole, ms; -Infinity: any, Infinity: none. */
export function sinceOf(depth: MailboxDepth, now: number): number {
  if (depth.bodies === 'all') return -Infinity
  return depth.bodies === 'headers' ? Infinity : now - depth.months * month
}

/** The smaller of what a person wants and what the organisation allows, in each respect. */
export function withinPolicy(
  depth: MailboxDepth,
  policy: { readonly mailDepthMonths?: number | undefined; readonly mailDepthMegabytes?: number | undefined },
): MailboxDepth {
  const { mailDepthMonths: months, mailDepthMegabytes: megabytes } = policy
  const largest = megabytes === undefined ? depth.largest : Math.min(depth.largest ?? Infinity, megabytes * 1024 * 1024)
  if (months === undefined || depth.bodies === 'headers') return { ...depth, largest }
  if (months === 0) return { ...depth, bodies: 'headers', largest }
  return {
    ...depth,
    bodies: 'months',
    months: depth.bodies === 'months' ? Math.min(depth.months, months) : months,
    largest,
  }
}
