import type { MailboxSync, SyncStatus } from '../../src-preload/contract'

/** True while a mailbox has never been in step with its server. */
export function isFirst(mailbox: MailboxSync): boolean {
  return mailbox.syncedAt === null && ['waiting', 'connecting', 'syncing', 'paused'].includes(mailbox.state)
}

/** Messages fetched and to fetch, while the first sync of some mailbox goes on; null when none does. */
export function firstSync(sync: SyncStatus | undefined): { done: number; total: number } | null {
  const running = sync?.mailboxes.filter((mailbox) => isFirst(mailbox) && mailbox.state === 'syncing') ?? []
  if (running.length === 0) return null
  const sum = (of: (mailbox: MailboxSync) => number) => running.reduce((so, mailbox) => so + of(mailbox), 0)
  return { done: sum((mailbox) => mailbox.done), total: sum((mailbox) => mailbox.total) }
}

interface Sample {
  at: number
  done: number
}

/** Minutes that are left at the speed of the last samples; null when they say too little. */
export function minutesLeft(samples: readonly Sample[], total: number): number | null {
  const first = samples[0]
  const last = samples[samples.length - 1]
  if (!first || !last || last.at - first.at < 3_000 || last.done <= first.done) return null
  return ((total - last.done) * (last.at - first.at)) / (last.done - first.done) / 60_000
}
