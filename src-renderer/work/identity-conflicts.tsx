import type { IdentityConflict, Mailbox } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { t } from '../text'
import { listText } from '../text/lists'
import { numberText } from '../text/time'
import { ConflictLines, type ConflictLine } from './conflict-lines'
import { useWriterName } from './people'

type Write = IdentityConflict['writes'][number]

const none: readonly IdentityConflict[] = []

/** What two set about a mailbox at the same time, of all mailboxes. */
export function useIdentityConflicts(): readonly IdentityConflict[] {
  return useQuery('mailboxes.conflicts', {}, { topics: ['team', 'mailboxes'] }).data?.conflicts ?? none
}

async function choose({ id, name }: Mailbox, { choice }: Write): Promise<void> {
  try {
    tellDone(t('identity:saved', { name }), (await call('mailboxes.choose', { id, choice })).undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** In words, with either to choose. @param of tells of this mailbox only; without it of all */
export function IdentityConflicts({ of }: { of?: Mailbox }) {
  const conflicts = useIdentityConflicts().filter((one) => of === undefined || one.mailboxId === of.id)
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes ?? []
  const nameOf = useWriterName()
  const lines = conflicts.flatMap((one) => {
    const mailbox = mailboxes.find(({ id }) => id === one.mailboxId)
    return mailbox ? (lineOf(mailbox, one, nameOf) ?? []) : []
  })
  return <ConflictLines lines={lines} />
}

function lineOf(mailbox: Mailbox, conflict: IdentityConflict, nameOf: (write: Write) => string): ConflictLine | null {
  const { field, address, writes } = conflict
  const [stands, loses] = writes
  if (!stands || !loses) return null
  const names = [...new Set(writes.map(nameOf))]
  const values = writes.map((write) => valueOf(mailbox, conflict, write))
  // Two that read alike, such as an address with two signatures, are told apart by who wrote them.
  const choice = (index: number): string => {
    const [value = '', write] = [values[index], writes[index]]
    return write && values.filter((one) => one === value).length > 1
      ? t('identity:conflict.by', { value, name: nameOf(write) })
      : value
  }
  return {
    id: `${mailbox.id} ${field} ${address}`,
    text: t(`identity:conflict.${field}`, {
      count: names.length,
      names: listText(names),
      mailbox: mailbox.name,
      address,
      stands: choice(0),
      by: nameOf(stands),
    }),
    acts: [
      ...writes.slice(1).map((write, index) => ({
        label: t('work:conflict.use', { choice: choice(index + 1) }),
        run: () => void choose(mailbox, write),
      })),
      { label: t('work:conflict.keep', { choice: choice(0) }), run: () => void choose(mailbox, stands) },
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
