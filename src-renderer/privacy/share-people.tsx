import { Ban, Laptop, LifeBuoy, Server, UserRound } from 'lucide-react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { goPrivacy, goSettings } from '../state/places'
import { showToast } from '../state/toast'
import { t } from '../text'
import { messageTime } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Section } from './section'
import { whereText } from './where'
import { ShareLine, Sign } from './share-line'

type Policy = CallOutput<'policy.get'>['policy']
type Grants = CallOutput<'grants.list'>
type Team = CallOutput<'team.state'>
type Mailbox = CallOutput<'mailboxes.list'>['mailboxes'][number]

async function act(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work
    showToast({ text: done })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Who outside the team may look in. */
export function Outside({
  data,
  mailboxes,
  recovery,
  now,
}: {
  data: Grants
  mailboxes: readonly Mailbox[]
  recovery: Policy['recoveryKey']
  now: number
}) {
  const live = data.grants.filter(({ state }) => state === 'live' || state === 'time-doubtful')
  return (
    <Section
      title={t('sharing:outside.title')}
      acts={<Button onClick={() => goPrivacy('access')}>{t('sharing:outside.go')}</Button>}
    >
      <ul className="card">
        {live.length === 0 && (
          <ShareLine
            mark={<Sign icon={Ban} />}
            title={t('sharing:outside.none')}
            text={t(data.refusal === 'policy' ? 'sharing:outside.off' : 'sharing:outside.noneText')}
          />
        )}
        {recovery && (
          <ShareLine
            mark={<Sign icon={LifeBuoy} />}
            title={`${recovery.name}, ${recovery.organisation}`}
            text={t('sharing:outside.recovery')}
          />
        )}
        {live.map((grant) => (
          <ShareLine
            key={grant.id}
            mark={<Avatar name={grant.identity.name} seed={grant.identity.fingerprint} size="sm" />}
            title={`${grant.identity.name}, ${grant.identity.organisation}`}
            text={
              <>
                {t('sharing:outside.line', {
                  scope: t(`privacy:scopes.${grant.scope}`),
                  when: messageTime(grant.endsAt, now),
                  where: whereText(grant.mailboxIds, mailboxes),
                  by: grant.grantedBy,
                  reason: grant.reason,
                })}
                {grant.kind === 'customer-success-manager' && ` ${t('sharing:outside.writes')}`}
              </>
            }
          >
            {data.refusal !== 'permission' && data.refusal !== 'policy' && (
              <Button
                kind="danger"
                onClick={() =>
                  void act(
                    call('grants.revoke', { id: grant.id }),
                    t('privacy:access.revoked', { name: grant.identity.name }),
                  )
                }
              >
                {t('sharing:outside.revoke')}
              </Button>
            )}
          </ShareLine>
        ))}
      </ul>
    </Section>
  )
}

/** Who is in the team, and who is asked to be. */
export function Colleagues({ team, now }: { team: Team; now: number }) {
  const members = team.members.filter(({ removedAt }) => removedAt === null)
  const devicesOf = (member: string): number =>
    team.devices.filter((device) => device.member === member && !device.gone).length
  const inTeam = team.membership === 'owner' || team.membership === 'member'
  return (
    <Section
      title={t('sharing:team.title')}
      acts={
        <>
          {inTeam && (
            <Button icon={Laptop} onClick={() => goSettings('team/devices')}>
              {t('sharing:team.goDevices')}
            </Button>
          )}
          <Button onClick={() => goSettings('team')}>{t('sharing:team.go')}</Button>
        </>
      }
    >
      <ul className="card">
        {team.membership === 'none' && (
          <ShareLine
            mark={<Sign icon={UserRound} />}
            title={t('sharing:team.alone')}
            text={t('sharing:team.aloneText')}
          />
        )}
        {team.membership === 'joining' && (
          <ShareLine
            mark={<Sign icon={UserRound} />}
            title={t('sharing:team.joining')}
            text={t('sharing:team.joiningText')}
          />
        )}
        {team.membership === 'removed' && (
          <ShareLine
            mark={<Sign icon={UserRound} />}
            title={t('sharing:team.removed')}
            text={t('sharing:team.removedText')}
          />
        )}
        {inTeam &&
          members.map((member) => (
            <ShareLine
              key={member.id}
              mark={<Avatar name={member.name} size="sm" />}
              title={member.id === team.you ? t('sharing:team.you', { name: member.name }) : member.name}
              text={t('sharing:team.member', {
                role: t(`team:roles.${member.role}`),
                devices: t('sharing:team.devices', { count: devicesOf(member.id) }),
              })}
            />
          ))}
        {inTeam &&
          team.invites
            .filter(({ state }) => state !== 'ended')
            .map((invite) => (
              <ShareLine
                key={invite.id}
                mark={<Sign icon={UserRound} />}
                title={t('sharing:team.invited', { name: invite.name })}
                text={t('sharing:team.invitedText', { when: messageTime(invite.endsAt, now) })}
              >
                <Button
                  kind="danger"
                  onClick={() =>
                    void act(
                      call('team.withdraw', { id: invite.id }),
                      t('sharing:team.withdrawn', { name: invite.name }),
                    )
                  }
                >
                  {t('sharing:team.withdraw')}
                </Button>
              </ShareLine>
            ))}
        {inTeam && team.carrier.kind === 'nats' && (
          <ShareLine
            mark={<Sign icon={Server} />}
            title={t('sharing:team.carrier', { url: team.carrier.url })}
            text={t('sharing:team.carrierText')}
          />
        )}
      </ul>
    </Section>
  )
}
