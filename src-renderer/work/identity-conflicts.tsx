import type { IdentityConflict, Mailbox } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { ConflictLines, deciders, tellApart, type ConflictLine } from './conflict-lines'
import { useWriterName } from './people'
import { useMailboxes } from './mailboxes'

type Write = IdentityConflict['writes'][number]

const none: readonly IdentityConflict[] = []

/** What two set about a mailbox at the same time, of all mailboxes. */
export function useIdentityConflicts(): readonly IdentityConflict[] {
  return useQuery('mailboxes.conflicts', {}).data?.conflicts ?? none
}

async function choose({ id, name }: Mailbox, { choice }: Write): Promise<void> {
  try {
    await tellDone(t('identity:saved', { name }), call('mailboxes.choose', { id, choice }))
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** In words, with either to choose. @param of tells of this mailbox only; without it of all */
export function IdentityConflicts({ of }: { of?: Mailbox }) {
  const conflicts = useIdentityConflicts().filter((one) => of === undefined || one.mailboxId === of.id)
  const mailboxes = useMailboxes()
  const nameOf = useWriterName()
  const lines = conflicts.flatMap((one) => {
    const mailbox = mailboxes.find(({ id }) => id === one.mailboxId)
    return mailbox ? (lineOf(mailbox, one, nameOf) ?? []) : []
  })
  return <ConflictLines lines={lines} />
}

function lineOf(mailbox: Mailbox, conflict: IdentityConflict, nameOf: (write: Write) => string): ConflictLine | null {
  const { field, address, writes } = conflict
  const [stands, ...others] = writes
  if (!stands || others.length === 0) return null
  // An address with two signatures, for one, reads alike.
  const choice = tellApart(
    writes,
    (write) => valueOf(mailbox, conflict, write),
    (value, write) => t('identity:conflict.by', { value, name: nameOf(write) }),
  )
  return {
    id: `${mailbox.id} ${field} ${address}`,
    text: t(`identity:conflict.${field}`, {
      ...deciders(stands, others, nameOf),
      mailbox: mailbox.name,
      address,
      stands: choice(stands),
    }),
    acts: [
      ...others.map((write) => ({
        label: t('work:conflict.use', { choice: choice(write) }),
        run: () => void choose(mailbox, write),
      })),
      { label: t('work:conflict.keep', { choice: choice(stands) }), run: () => void choose(mailbox, stands) },
    ],
  }
}

function valueOf(mailbox: Mailbox, { field, address }: IdentityConflict, { definition, alias }: Write): string {
  const { displayName, shows, limits, through } = definition
  if (field === 'displayName') return displayName || mailbox.name
  if (field === 'shows') return t(`identity:names.choices.${shows ?? 'agent'}`)
  if (field === 'through') return through ?? t('identity:sending.own', { host: mailbox.smtp.host })
  if (field === 'limits')
    return limits
      ? t('identity:conflict.perMinute', { shown: numberText(limits.perMinute) })
      : t('identity:sending.limitChoices.known')
  if (!alias) return t('identity:conflict.without', { address })
  return alias.name || t('identity:conflict.with', { address })
}
