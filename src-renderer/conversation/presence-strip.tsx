import { t } from '../text'
import { listText } from '../text/lists'
import { Avatar } from '../ui/avatar'
import { usePresenceIn, type Mark } from '../work/presence'

const kinds = ['replying', 'drafting', 'viewing'] as const

/** One line under the head: who else reads or answers this, and what becomes of two answers. */
export function PresenceStrip({ conversationId }: { conversationId: number }) {
  const marks = usePresenceIn(conversationId)
  const first = marks[0]
  const names = (of: readonly Mark[]) => listText(of.map(({ person }) => person.name || t('work:someone')))
  return (
    <div className={first ? 'presence' : 'sr'} role="status" aria-label={t('presence:strip.label')}>
      {first && (
        <>
          <Avatar name={first.person.name || t('work:someone')} size="xs" />
          <span className="grow">
            {kinds.map((kind) => {
              const of = marks.filter(({ doing }) => doing === kind)
              return of.length === 0 ? null : (
                <bdi key={kind}>{t(`presence:strip.${kind}`, { count: of.length, names: names(of) })} </bdi>
              )
            })}
            {t('presence:strip.held')}
          </span>
        </>
      )}
    </div>
  )
}
