import { t } from '../text'
import { shortName } from '../text/lists'
import { Avatar } from '../ui/avatar'
import { Named, namesHere } from '../ui/named'
import { usePeople } from '../work/people'
import { usePresenceIn } from '../work/presence'

const kinds = ['replying', 'drafting', 'viewing'] as const

/** One line under the head: who else reads or answers this, and what becomes of two answers. */
export function PresenceStrip({ conversationId }: { conversationId: number }) {
  const marks = usePresenceIn(conversationId)
  const everybody = usePeople()?.people.map(({ name }) => name) ?? []
  const first = marks[0]
  return (
    <div className={first ? 'presence' : 'sr'} role="status" aria-label={t('presence:strip.label')}>
      {first && (
        <>
          <Avatar name={first.person.name || t('work:someone')} size="xs" />
          <span className="grow">
            {kinds.map((kind) => {
              const names = marks
                .filter(({ doing }) => doing === kind)
                .map(({ person }) => shortName(person.name, everybody) || t('work:someone'))
              return names.length === 0 ? null : (
                <span key={kind}>
                  <Named
                    names={names}
                    text={t(`presence:strip.${kind}`, { count: names.length, names: namesHere })}
                  />{' '}
                </span>
              )
            })}
            {t('presence:strip.held')}
          </span>
        </>
      )}
    </div>
  )
}
