import type { Conversation, Status } from '../../src-preload/contract'
import { moveTo, setStatus } from '../state/acts'
import { useNow } from '../state/clock'
import { assign, setField, setTag, snooze } from '../state/work'
import { t } from '../text'
import { whenText } from '../text/time'
import { ConflictLines, deciders, type ConflictLine } from '../work/conflict-lines'
import { useWriterName } from '../work/people'
import { useFields } from '../work/use-views'
import { useMailboxes } from '../work/mailboxes'
import { sameAddress } from '../../src-preload/contract/address'

type Conflict = Conversation['conflicts'][number]
type Write = Conflict['writes'][number]
interface Named {
  readonly id: number
  readonly name: string
  readonly address: string
}

const isStatus = (value: unknown): value is Status =>
  value === 'open' || value === 'pending' || value === 'closed' || value === 'spam'

/** Two of the team set the same thing without knowing of each other: said in words, and either can be chosen. */
export function Conflicts({ conversation }: { conversation: Conversation }) {
  const { id } = conversation
  const now = useNow()
  const fields = useFields()
  const mailboxes = useMailboxes()
  const nameOf = useWriterName()
  const choose = (conflict: Conflict, write: Write): void => {
    if (conflict.field === 'assignee') void assign([id], write.to, true)
    else if (conflict.field === 'snooze') void snooze([id], write.until, true, true)
    else if (conflict.field === 'status') void (isStatus(write.value) && setStatus([id], write.value, true))
    else if (conflict.field === 'mailbox') {
      const mailbox = mailboxOf(mailboxes, write)
      if (mailbox) void moveTo([id], mailbox)
    } else void setField([id], { name: conflict.name, label: labelOf(fields, conflict.name) }, write.value)
  }
  const choice = ({ field }: Conflict, write: Write): string => {
    if (field === 'assignee') return write.to ? write.to.name || t('work:someone') : t('work:nobody')
    if (field === 'snooze') return write.until === null ? t('work:conflict.awake') : whenText(write.until, now)
    if (field === 'status') return isStatus(write.value) ? t(`status.${write.value}`) : ''
    if (field === 'mailbox') return mailboxOf(mailboxes, write)?.name ?? String(write.value)
    return write.value === null ? t('work:conflict.empty') : String(write.value)
  }
  const lineOf = (conflict: Conflict): ConflictLine | null => {
    const { field, name, writes } = conflict
    const [stands, ...losing] = writes
    const [loses] = losing
    if (!stands || !loses) return null
    const key = `${field} ${name}`
    if (field === 'tag') {
      const tag = { name, label: String(stands.value) }
      return {
        id: key,
        text: t('work:conflict.tag', { gave: nameOf(stands), took: nameOf(loses), tag: tag.label }),
        acts: [
          { label: t('work:conflict.untag', { tag: tag.label }), run: () => void setTag([id], tag, false) },
          { label: t('work:conflict.keep', { choice: tag.label }), run: () => void setTag([id], tag, true) },
        ],
      }
    }
    // What is offered twice is offered once.
    const others = new Map(losing.map((write) => [choice(conflict, write), write]))
    others.delete(choice(conflict, stands))
    const words = field === 'snooze' && stands.until === null ? 'woken' : field
    return {
      id: key,
      text: t(`work:conflict.${words}`, {
        ...deciders(stands, losing, nameOf),
        stands: choice(conflict, stands),
        field: labelOf(fields, name),
      }),
      acts: [
        ...[...others].map(([label, write]) => ({
          label: t('work:conflict.use', { choice: label }),
          run: () => choose(conflict, write),
        })),
        { label: t('work:conflict.keep', { choice: choice(conflict, stands) }), run: () => choose(conflict, stands) },
      ],
    }
  }
  return <ConflictLines lines={conversation.conflicts.flatMap((conflict) => lineOf(conflict) ?? [])} />
}

const mailboxOf = (mailboxes: readonly Named[], { value }: Write): Named | undefined =>
  mailboxes.find(({ address }) => sameAddress(address, String(value)))
const labelOf = (fields: readonly { name: string; label: string }[], name: string): string =>
  fields.find((one) => one.name === name)?.label ?? ''
