import { Plus, UserPlus } from 'lucide-react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { t } from '../text'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Time } from '../ui/time'
import './settings.css'

export function Invites({
  team,
  onReview,
  onInvite,
}: {
  team: TeamState
  onReview: (invite: TeamState['invites'][number]) => void
  onInvite: () => void
}) {
  const withdraw = async (id: string) => {
    try {
      await call('team.withdraw', { id })
      showToast({ text: t('team:invites.withdrawn') })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  return (
    <section aria-label={t('team:invites.title')}>
      <h2 className="group-title">{t('team:invites.title')}</h2>
      <div className="card">
        {team.invites.length === 0 && (
          <EmptyState
            icon={UserPlus}
            title={t('team:invites.none')}
            action={
              <Button icon={Plus} onClick={onInvite}>
                {t('team:invite')}
              </Button>
            }
          />
        )}
        {team.invites.map((invite) => (
          <div key={invite.id} className="set">
            <Avatar name={invite.asks?.name || invite.name} />
            <div className="grow">
              <div className="cut medium">
                <bdi>{invite.name}</bdi>
              </div>
              {invite.asks ? (
                <div className="meta t2">
                  {invite.asks.device === ''
                    ? t('team:invites.askedNoDevice', { name: invite.asks.name || invite.asks.address })
                    : t('team:invites.asked', { name: invite.asks.name, device: invite.asks.device })}
                </div>
              ) : (
                <div className={`meta ${invite.state === 'ended' ? 'warn' : 't3'}`}>
                  {invite.state === 'ended' ? (
                    t('team:invites.ended', { role: t(`team:roles.${invite.role}`) })
                  ) : (
                    <>
                      {t(`team:roles.${invite.role}`)}, <Time at={invite.endsAt} form="message" />
                    </>
                  )}
                </div>
              )}
            </div>
            {invite.state === 'asked' && (
              <Button kind="primary" size="sm" onClick={() => onReview(invite)}>
                {t('team:invites.review')}
              </Button>
            )}
            <Button
              kind="ghost"
              size="sm"
              aria-label={t('team:invites.withdraw', { name: invite.name })}
              onClick={() => void withdraw(invite.id)}
            >
              {t('team:invites.withdrawDo')}
            </Button>
          </div>
        ))}
      </div>
    </section>
  )
}
