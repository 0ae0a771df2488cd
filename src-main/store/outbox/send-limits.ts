import { addressKey } from '../../../src-preload/contract/address'
import type { SendingFacts } from '../../../src-preload/contract/calls/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import type { SendLimits } from '../../../src-preload/contract/identity'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { limitsOf } from '../../shared/provider-limits'
import type { Reader, Writer } from '../file/database'
import { identityOf, throughOf } from './identities'

const day = 24 * 3_600_000

interface Account {
  smtp: string
  identity: string
}

function account(read: Reader, mailboxId: number): Account {
  const row = read.get<Account>('SELECT smtp, identity FROM mailboxes WHERE id = ?', mailboxId)
  if (!row) throw new PosternError('not-found', 'no such mailbox')
  return row
}

const knownOf = ({ smtp }: Account): SendLimits => limitsOf({ smtp: ServerSettings.parse(JSON.parse(smtp)) })

/** What the server of an account takes: as its owner said, else as is known of its provider. */
export function limitsFor(read: Reader, mailboxId: number): SendLimits {
  const row = account(read, mailboxId)
  return identityOf(row.identity).limits ?? knownOf(row)
}

/** When, and for how many recipients, there is room under the limits; what was accepted counts, but not what lies ahead: the clock was set back since. */
export function roomFor(
  read: Reader,
  mailboxId: number,
  { perMinute, recipientsPerDay }: SendLimits,
  now: number,
): { at: number; recipients: number } {
  const minute = read.all<{ at: number }>(
    'SELECT at FROM send_log WHERE mailbox_id = ? AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?',
    mailboxId,
    now - 60_000,
    now,
    perMinute,
  )
  const oldest = minute.at(-1)
  if (minute.length >= perMinute && oldest) return { at: oldest.at + 60_001, recipients: 0 }
  const used = read.get<{ n: number | null; first: number | null }>(
    'SELECT sum(recipients) AS n, min(at) AS first FROM send_log WHERE mailbox_id = ? AND at > ? AND at <= ?',
    mailboxId,
    now - day,
    now,
  )
  const left = recipientsPerDay - (used?.n ?? 0)
  return left > 0 ? { at: now, recipients: left } : { at: (used?.first ?? now) + day + 1, recipients: 0 }
}

/** What an account carried counts for a day. */
export function countSent(tx: Writer, accountId: number, at: number, recipients: number): void {
  tx.run('INSERT INTO send_log(mailbox_id, at, recipients) VALUES(?, ?, ?)', accountId, at, recipients)
  tx.run('DELETE FROM send_log WHERE at < ?', Date.now() - day - 3_600_000)
}

/**
 * Counts what left from somewhere else, a colleague's console or another program, as its copy in Sent tells: the provider
 * counts it too. It is known here as soon as Sent was looked at, as it is before every answer.
 */
export function countElsewhere(tx: Writer, mailboxId: number, date: number, { to, cc, bcc }: ParsedMessage): void {
  const now = Date.now()
  if (date <= now - day) return
  const recipients = new Set([...to, ...cc, ...bcc].map(({ address }) => addressKey(address))).size
  countSent(tx, throughOf(tx, mailboxId) ?? mailboxId, Math.min(date, now), recipients)
}

/** How the account that carries a mailbox's mail stands with its limits. */
export function sendingFacts(read: Reader, mailboxId: number): SendingFacts {
  const accountId = throughOf(read, mailboxId) ?? mailboxId
  const now = Date.now()
  const used = read.get<{ minute: number; day: number }>(
    'SELECT coalesce(sum(at > ?2), 0) AS minute, coalesce(sum(recipients), 0) AS day FROM send_log WHERE mailbox_id = ?1 AND at > ?3 AND at <= ?4',
    accountId,
    now - 60_000,
    now - day,
    now,
  )
  const queue = read.get<{ waiting: number; next: number | null }>(
    "SELECT count(*) AS waiting, min(iif(error = 'rate-limited', due_at, NULL)) AS next FROM outbox WHERE coalesce(through_id, mailbox_id) = ? AND state IN ('queued', 'sending')",
    accountId,
  )
  return {
    accountId,
    known: knownOf(account(read, accountId)),
    limits: limitsFor(read, accountId),
    lastMinute: used?.minute ?? 0,
    lastDay: used?.day ?? 0,
    waiting: queue?.waiting ?? 0,
    nextAt: queue?.next ?? null,
  }
}
