import type { MailboxDepth } from '../../src-preload/contract/depth'
import { managedMailbox } from '../../src-preload/contract/managed'
import type { Policy } from '../../src-preload/contract/policy'

/** What is kept of a message that is too large: its headers and, as a rule, its text. */
export const startBytes = 256 * 1024
const month = 30.44 * 86_400_000

/** The oldest arrival that is kept whole, ms; -Infinity: any, Infinity: none. */
export function sinceOf(depth: MailboxDepth, now: number): number {
  if (depth.bodies === 'all') return -Infinity
  return depth.bodies === 'headers' ? Infinity : now - depth.months * month
}

/**
 * The depth of a mailbox that is in force: what the organisation set for it (how fast it works stays the person's), else what
 * the person wants, and never more than the organisation allows.
 */
export function withinPolicy(
  { address, depth: wanted }: { readonly address: string; readonly depth: MailboxDepth },
  policy: Pick<Policy, 'mailDepthMonths' | 'mailDepthMegabytes' | 'mailboxes'>,
): MailboxDepth {
  const { mailDepthMonths: months, mailDepthMegabytes: megabytes } = policy
  const set = managedMailbox(policy, address)?.depth
  const depth = set ? { ...set, pace: wanted.pace } : wanted
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
