import type { Conversation, Status } from '../../src-preload/contract'
import { call } from '../client'
import { setStatus, tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { assign, snooze } from '../state/work'
import { t } from '../text'
import { listText } from '../text/lists'
import { whenText } from '../text/time'
import { Banner } from '../ui/banner'
import { useFields } from '../work/use-views'

type Conflict = Conversation['conflicts'][number]
type Write = Conflict['writes'][number]

const isStatus = (value: unknown): value is Status =>
  value === 'open' || value === 'pending' || value === 'closed' || value === 'spam'

/** Writes again what somebody chooses: it knows of both, so it settles the conflict on every console. */
function choose(id: number, { field, name }: Conflict, write: Write): void {
  if (field === 'assignee') void assign([id], write.to)
  else if (field === 'snooze') void snooze([id], write.until)
  else if (field === 'status') void (isStatus(write.value) && setStatus([id], write.value))
  else void call('conversations.setField', { ids: [id], field: name, value: write.value ?? null }).catch(tellFailure)
}

/** Two of the team set the same thing without knowing of each other: said in words, and either can be chosen. */
export function Conflicts({ conversation }: { conversation: Conversation }) {
  const now = useNow()
  const fields = useFields()
  const shown = ({ field }: Conflict, write: Write): string => {
    if (field === 'assignee') return write.to ? write.to.name || t('work:someone') : t('work:nobody')
    if (field === 'snooze') return write.until === null ? t('work:conflict.awake') : whenText(write.until, now)
    if (field === 'status') return isStatus(write.value) ? t(`status.${write.value}`) : ''
    return write.value === null || write.value === undefined ? t('work:conflict.empty') : String(write.value)
  }
  return conversation.conflicts.map((conflict) => {
    const { field, name, writes } = conflict
    const [stands] = writes
    // A person who wrote twice is named once; what is offered twice is offered once.
    const names = listText([...new Set(writes.map((write) => write.by || t('work:someone')))])
    const others = writes.filter(
      (write, index) =>
        index > 0 && !writes.slice(0, index).some((one) => shown(conflict, one) === shown(conflict, write)),
    )
    return (
      stands && (
        <Banner
          key={`${field} ${name}`}
          kind="warn"
          actions={
            <>
              {others.map((write) => (
                <button
                  key={`${write.at}${write.by}`}
                  type="button"
                  className="link nowrap"
                  onClick={() => choose(conversation.id, conflict, write)}
                >
                  {t('work:conflict.use', { choice: shown(conflict, write) })}
                </button>
              ))}
              <button type="button" className="link nowrap" onClick={() => choose(conversation.id, conflict, stands)}>
                {t('work:conflict.keep')}
              </button>
            </>
          }
        >
          <span role="status" aria-label={t('work:conflict.label')}>
            <bdi>
              {t(`work:conflict.${field}`, {
                names,
                stands: shown(conflict, stands),
                field: fields.find((one) => one.name === name)?.label ?? '',
              })}
            </bdi>
          </span>
        </Banner>
      )
    )
  })
}
