import { Ban, Check, Image, Laptop, LifeBuoy, OctagonAlert, Server, ShieldCheck, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { goAddMailbox, goPrivacy, goSettings } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { messageTime } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon, type LucideIcon } from '../ui/icon'
import { Section } from './section'

type Policy = CallOutput<'policy.get'>['policy']
type Grants = CallOutput<'grants.list'>
type Team = CallOutput<'team.state'>
type Mailbox = CallOutput<'mailboxes.list'>['mailboxes'][number]
type SignIn = CallOutput<'app.signIns'>['signIns'][number]
type LedgerRow = CallOutput<'ledger.list'>['rows'][number]

async function act(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work
    showToast({ text: done })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** One line: who or which host, what they get, and the acts that end it. */
function Line({
  mark,
  title,
  text,
  alarm = false,
  children,
}: {
  mark: ReactNode
  title: ReactNode
  text: ReactNode
  alarm?: boolean
  children?: ReactNode
}) {
  return (
    <li className={`set share${alarm ? ' alarm' : ''}`}>
      <span className={alarm ? 'bad' : 't2'}>{mark}</span>
      <div className="grow">
        <div className="medium">
          <bdi>{title}</bdi>
        </div>
        <p>
          <bdi>{text}</bdi>
        </p>
      </div>
      {children !== undefined && <div className="x g1">{children}</div>}
    </li>
  )
}

const Sign = ({ icon }: { icon: LucideIcon }) => <Icon icon={icon} />

function Outside({
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
  const where = (ids: readonly number[] | null): string =>
    ids === null
      ? t('privacy:access.allMailboxes')
      : ids
          .map((id) => mailboxes.find((one) => one.id === id)?.name ?? '')
          .filter((name) => name !== '')
          .join(', ')
  return (
    <Section
      title={t('sharing:outside.title')}
      acts={<Button onClick={() => goPrivacy('access')}>{t('sharing:outside.go')}</Button>}
    >
      <ul className="card">
        {live.length === 0 && (
          <Line
            mark={<Sign icon={Ban} />}
            title={t('sharing:outside.none')}
            text={t(data.refusal === 'policy' ? 'sharing:outside.off' : 'sharing:outside.noneText')}
          />
        )}
        {recovery && (
          <Line
            mark={<Sign icon={LifeBuoy} />}
            title={`${recovery.name}, ${recovery.organisation}`}
            text={t('sharing:outside.recovery')}
          />
        )}
        {live.map((grant) => (
          <Line
            key={grant.id}
            mark={<Avatar name={grant.identity.name} seed={grant.identity.fingerprint} size="sm" />}
            title={`${grant.identity.name}, ${grant.identity.organisation}`}
            text={
              <>
                {t('sharing:outside.line', {
                  scope: t(`privacy:scopes.${grant.scope}`),
                  when: messageTime(grant.endsAt, now),
                  where: where(grant.mailboxIds),
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
          </Line>
        ))}
      </ul>
    </Section>
  )
}

function Colleagues({ team, now }: { team: Team; now: number }) {
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
          <Line mark={<Sign icon={UserRound} />} title={t('sharing:team.alone')} text={t('sharing:team.aloneText')} />
        )}
        {team.membership === 'joining' && (
          <Line
            mark={<Sign icon={UserRound} />}
            title={t('sharing:team.joining')}
            text={t('sharing:team.joiningText')}
          />
        )}
        {team.membership === 'removed' && (
          <Line
            mark={<Sign icon={UserRound} />}
            title={t('sharing:team.removed')}
            text={t('sharing:team.removedText')}
          />
        )}
        {inTeam &&
          members.map((member) => (
            <Line
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
              <Line
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
              </Line>
            ))}
        {inTeam && team.carrier.kind === 'nats' && (
          <Line
            mark={<Sign icon={Server} />}
            title={t('sharing:team.carrier', { url: team.carrier.url })}
            text={t('sharing:team.carrierText')}
          />
        )}
      </ul>
    </Section>
  )
}

/** What is known of how a mailbox is signed in to, and what lies at its servers. */
function serverText(mailbox: Mailbox, signIns: readonly SignIn[], team: Team | undefined): string {
  if (mailbox.local) return t('sharing:servers.local')
  const signIn = signIns.find(({ mailboxId }) => mailboxId === mailbox.id)
  const carries =
    team?.mailboxId === mailbox.id &&
    team.carrier.kind === 'mailbox' &&
    (team.membership === 'owner' || team.membership === 'member')
  return [
    t(mailbox.paused ? 'sharing:servers.paused' : 'sharing:servers.smtpSame'),
    signIn
      ? t('sharing:servers.browser', { service: signIn.service, scope: signIn.scope.join(', ') })
      : t('sharing:servers.password'),
    carries ? t('sharing:servers.team') : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function Servers({
  mailboxes,
  signIns,
  team,
}: {
  mailboxes: readonly Mailbox[]
  signIns: readonly SignIn[]
  team: Team | undefined
}) {
  const hostsOf = ({ imap, smtp }: Mailbox): string => [...new Set([imap.host, smtp.host])].join(', ')
  return (
    <Section title={t('sharing:servers.title')}>
      <ul className="card">
        {mailboxes.length === 0 && (
          <Line mark={<Sign icon={Server} />} title={t('sharing:servers.none')} text={t('sharing:servers.noneText')}>
            <Button onClick={goAddMailbox}>{t('sharing:servers.add')}</Button>
          </Line>
        )}
        {mailboxes.map((mailbox) => (
          <Line
            key={mailbox.id}
            mark={<Sign icon={Server} />}
            title={
              mailbox.local
                ? mailbox.name
                : t('sharing:servers.name', { mailbox: mailbox.name, hosts: hostsOf(mailbox) })
            }
            text={serverText(mailbox, signIns, team)}
          >
            {!mailbox.local && (
              <Button
                onClick={() =>
                  void call('mailboxes.pause', { id: mailbox.id, paused: !mailbox.paused }).catch(tellFailure)
                }
              >
                {t(mailbox.paused ? 'sharing:servers.resume' : 'sharing:servers.pause')}
              </Button>
            )}
            <Button onClick={() => goSettings(`mailboxes/${mailbox.id}`)}>{t('sharing:servers.go')}</Button>
          </Line>
        ))}
      </ul>
    </Section>
  )
}

function Hosts({
  rows,
  imagesNever,
  allowed,
}: {
  rows: readonly LedgerRow[]
  imagesNever: boolean
  allowed: readonly string[] | undefined
}) {
  const unexpected = rows.filter(({ verdict }) => verdict === 'unexpected')
  const count = (pick: (row: LedgerRow) => boolean): number => new Set(rows.filter(pick).map(({ host }) => host)).size
  const images = count(({ use, begun, blocked }) => use === 'remote-image' && begun > blocked)
  const gone = count(({ verdict }) => verdict === 'gone')
  return (
    <Section
      title={t('sharing:hosts.title')}
      acts={<Button onClick={() => goPrivacy('network')}>{t('sharing:hosts.go')}</Button>}
    >
      <ul className="card">
        {unexpected.map((row) => (
          <Line
            key={`${row.host} ${row.port} ${row.use}`}
            alarm
            mark={<Sign icon={OctagonAlert} />}
            title={`${row.host}:${row.port}`}
            text={t('sharing:hosts.unexpected', {
              result: t(row.begun > row.blocked ? 'sharing:hosts.reached' : 'sharing:hosts.refused'),
            })}
          />
        ))}
        {unexpected.length === 0 && (
          <Line
            mark={<Sign icon={ShieldCheck} />}
            title={t('sharing:facts.unexpected', { count: 0 })}
            text={t(allowed ? 'sharing:hosts.allowed' : 'sharing:hosts.announced', { list: allowed?.join(', ') ?? '' })}
          />
        )}
        <Line
          mark={<Sign icon={Image} />}
          title={t('sharing:hosts.images')}
          text={
            imagesNever
              ? t('sharing:hosts.imagesNever')
              : images === 0
                ? t('sharing:hosts.imagesNone')
                : t('sharing:hosts.imagesText', { count: images })
          }
        />
        {gone > 0 && (
          <Line
            mark={<Sign icon={Server} />}
            title={t('sharing:hosts.gone')}
            text={t('sharing:hosts.goneText', { count: gone })}
          />
        )}
      </ul>
    </Section>
  )
}

/** What this workspace shares with whom right now, each line with the act that ends it; nothing here is kept, all of it is asked anew. */
export function Overview() {
  const now = useNow()
  const grants = useQuery('grants.list', {})
  const team = useQuery('team.state', {}).data
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes
  const signIns = useQuery('app.signIns', {}).data?.signIns ?? []
  const rows = useQuery('ledger.list', { days: 30 }).data?.rows
  const policy = useQuery('policy.get', {}).data?.policy
  if (grants.error && !grants.data)
    return (
      <EmptyState
        icon={ShieldCheck}
        title={t('privacy:failed')}
        action={<Button onClick={grants.refetch}>{t('retry')}</Button>}
      >
        {errorText(grants.error)}
      </EmptyState>
    )
  if (!grants.data || !team || !mailboxes || !rows) return null
  const outside = grants.data.grants.filter(({ state }) => state === 'live').length
  const members = Math.max(1, team.members.filter(({ removedAt }) => removedAt === null).length)
  const servers = new Set(mailboxes.filter(({ local }) => !local).flatMap(({ imap, smtp }) => [imap.host, smtp.host]))
    .size
  const unexpected = rows.filter(({ verdict }) => verdict === 'unexpected').length
  return (
    <>
      <Section title={t('sharing:title')} text={t('sharing:text')}>
        <div className="x wrap" role="status" aria-label={t('sharing:title')}>
          <span className={`chip ${outside === 0 ? 'good' : 'warn'}`}>
            {t('sharing:facts.outside', { count: outside })}
          </span>
          <span className="chip">{t('sharing:facts.team', { count: members })}</span>
          <span className="chip">{t('sharing:facts.servers', { count: servers })}</span>
          <span className={`chip ${unexpected === 0 ? 'good' : 'bad'}`}>
            {unexpected > 0 && <Icon icon={OctagonAlert} />}
            {t('sharing:facts.unexpected', { count: unexpected })}
          </span>
        </div>
      </Section>
      <Outside
        data={grants.data}
        mailboxes={mailboxes}
        recovery={policy?.recoveryKey}
        now={Math.max(grants.data.now, now)}
      />
      <Colleagues team={team} now={now} />
      <Servers mailboxes={mailboxes} signIns={signIns} team={team} />
      <Hosts rows={rows} imagesNever={policy?.remoteContent === 'never'} allowed={policy?.allowedMailHosts} />
      <Section title={t('sharing:postern.title')}>
        <ul className="card">
          <Line mark={<Sign icon={Check} />} title={t('sharing:postern.usage')} text={t('sharing:postern.usageText')} />
          <Line
            mark={<Sign icon={Check} />}
            title={t('sharing:postern.updates')}
            text={t('sharing:postern.updatesText')}
          />
        </ul>
      </Section>
    </>
  )
}
