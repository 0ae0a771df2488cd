import { EyeOff, Lock, User, Users } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from '../live'
import { t } from '../text'
import { Avatar } from '../ui/avatar'
import { Icon } from '../ui/icon'
import { ChoiceCards } from './choice-cards'
import { SetupPage } from './setup-page'

/** Who is to work in the mailbox. Alone, a team can be the next thing; in a team, its people are named. */
export function WhoPage({
  onBack,
  onAdd,
}: {
  onBack: () => void
  /** Rejects with the sentence to show. */
  onAdd: (next: 'inbox' | 'team') => Promise<void>
}) {
  const { data: team } = useQuery('team.state', {})
  const [choice, setChoice] = useState<'alone' | 'team'>('alone')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const inTeam = team?.membership === 'member' || team?.membership === 'owner'
  const add = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await onAdd(!inTeam && choice === 'team' ? 'team' : 'inbox')
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : t('errors:internal'))
      setBusy(false)
    }
  }
  return (
    <SetupPage
      region={t('accounts:steps.who')}
      title={t('accounts:who.title')}
      text={t('accounts:who.text')}
      act={t(busy ? 'setup:add.adding' : 'setup:add.add')}
      ready
      busy={busy}
      failure={failure}
      onBack={onBack}
      onSubmit={() => void add()}
    >
      {team?.membership === 'none' && (
        <ChoiceCards
          label={t('accounts:who.choices')}
          value={choice}
          onChange={setChoice}
          onSure={() => void add()}
          choices={[
            { id: 'alone', icon: User, colour: 'c-stone' } as const,
            { id: 'team', icon: Users, colour: 'c-teal' } as const,
          ].map(({ id, icon, colour }) => ({
            id,
            title: t(`accounts:who.${id}`),
            text: t(`accounts:who.${id}Text`),
            mark: <Icon icon={icon} />,
            colour,
          }))}
        />
      )}
      {inTeam && (
        <section className="card who-people" aria-label={t('accounts:who.people')}>
          <p className="t2">{t('accounts:who.peopleText')}</p>
          <ul className="who-list">
            {team.members
              .filter(({ removedAt }) => removedAt === null)
              .map(({ id, name, role }) => (
                <li key={id} className="x g2">
                  <Avatar name={name} size="sm" />
                  <bdi className="medium cut">{name}</bdi>
                  <span className="meta t3">{t(`team:roles.${role}`)}</span>
                </li>
              ))}
          </ul>
        </section>
      )}
      <div className="card access-note">
        <div className="x top g3">
          <span className="t2">
            <Icon icon={Lock} />
          </span>
          <p className="t2 grow">{t('accounts:who.here')}</p>
        </div>
        <div className="x top g3">
          <span className="t2">
            <Icon icon={EyeOff} />
          </span>
          <p className="t2 grow">{t('accounts:who.support')}</p>
        </div>
      </div>
    </SetupPage>
  )
}
