import type { Mailbox, MailboxSync, SyncStatus } from '../../src-preload/contract'
import { isStale } from '../../src-preload/contract/completeness'
import { t } from '../text'
import { common } from '../text/en/common'
import { agoText } from '../text/time'
import { numberText } from '../text/numbers'

export interface SyncWords {
  state: SyncStatus['overall'] | 'paused'
  text: string
  /** The quieter word at the end: a time, a count. */
  end: string
  /** Of a sync that counts: how much is done, 0 to 1. */
  share?: number
}

function isShort(code: string): code is keyof typeof common.sync.short {
  return Object.hasOwn(common.sync.short, code)
}

function nameOf(mailboxes: readonly Mailbox[], id: number | undefined): string {
  return mailboxes.find((mailbox) => mailbox.id === id)?.name ?? ''
}

const waitingText = ({ waiting }: SyncStatus): string =>
  waiting > 0 ? t('common:sync.waiting', { count: waiting }) : ''

const staleOf = ({ mailboxes }: SyncStatus, now: number): MailboxSync | undefined =>
  mailboxes.find((mailbox) => mailbox.state === 'idle' && isStale(mailbox, now))

/** How the sync stands, in a few words for the foot of the sidebar. */
export function syncWords(sync: SyncStatus | undefined, mailboxes: readonly Mailbox[], now: number): SyncWords {
  const paused = sync?.mailboxes.filter((mailbox) => mailbox.state === 'paused') ?? []
  // Before "up to date", for that would be heard of all of them; and where all of them are, none is missing.
  if (sync && paused.length > 0 && ['nothing', 'up-to-date'].includes(sync.overall) && !staleOf(sync, now))
    return {
      state: 'paused',
      text:
        paused.length === 1
          ? t('common:sync.pausedOne', { name: nameOf(mailboxes, paused[0]?.mailboxId) })
          : t('common:sync.pausedMany', { count: paused.length }),
      end: waitingText(sync),
    }
  if (!sync || sync.overall === 'nothing') return { state: 'nothing', text: t('common:sync.nothing'), end: '' }
  const waiting = waitingText(sync)
  const stale = staleOf(sync, now)
  // Time passes without any news: what was green an hour ago is not green now.
  switch (sync.overall === 'up-to-date' && stale ? 'stale' : sync.overall) {
    case 'offline': {
      const told = sync.mailboxes.find(
        (mailbox) =>
          mailbox.state === 'offline' &&
          (mailbox.error?.code === 'server-busy' || mailbox.error?.code === 'network-intercepted'),
      )
      const code = told?.error?.code
      const text =
        code !== undefined && isShort(code)
          ? t('common:sync.mailboxError', {
              name: nameOf(mailboxes, told?.mailboxId),
              what: t(`common:sync.short.${code}`),
            })
          : t('common:sync.offline')
      return { state: 'offline', text, end: waiting }
    }
    case 'error': {
      const bad = sync.mailboxes.find((mailbox) => mailbox.state === 'auth-failed' || mailbox.state === 'error')
      const code = bad?.error?.code ?? (bad?.state === 'auth-failed' ? 'auth-refused' : 'other')
      const what = t(`common:sync.short.${isShort(code) ? code : 'other'}`)
      const name = nameOf(mailboxes, bad?.mailboxId)
      return { state: 'error', text: t('common:sync.mailboxError', { name, what }), end: waiting }
    }
    case 'syncing': {
      const running = sync.mailboxes.filter((mailbox) => mailbox.state === 'syncing')
      const done = running.reduce((so, mailbox) => so + mailbox.done, 0)
      const total = running.reduce((so, mailbox) => so + mailbox.total, 0)
      if (total === 0) return { state: 'syncing', text: t('common:sync.connecting'), end: waiting }
      return {
        state: 'syncing',
        text: t('common:sync.syncing'),
        end: t('common:sync.progress', { done: numberText(done), total: numberText(total) }),
        share: done / total,
      }
    }
    case 'stale':
      return {
        state: 'stale',
        text: t('common:sync.stale', { name: nameOf(mailboxes, stale?.mailboxId) }),
        end: waiting || (stale?.syncedAt == null ? '' : agoText(stale.syncedAt, now)),
      }
    case 'differs':
      return { state: 'differs', text: t('common:sync.differs'), end: waiting }
    case 'up-to-date':
      return {
        state: 'up-to-date',
        text: t('common:sync.upToDate'),
        end: waiting || (sync.syncedAt === null ? '' : agoText(sync.syncedAt, now)),
      }
  }
}
