import { Image, OctagonAlert, Server, ShieldCheck } from 'lucide-react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { goAddMailbox, goPrivacy, goSettings } from '../state/places'
import { t } from '../text'
import { Button } from '../ui/button'
import { Section } from './section'
import { ShareLine, Sign } from './share-line'

type Team = CallOutput<'team.state'>
type Mailbox = CallOutput<'mailboxes.list'>['mailboxes'][number]
type SignIn = CallOutput<'app.signIns'>['signIns'][number]
type LedgerRow = CallOutput<'ledger.list'>['rows'][number]

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

/** The mailboxes' own servers, and how each is signed in to. */
export function Servers({
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
          <ShareLine
            mark={<Sign icon={Server} />}
            title={t('sharing:servers.none')}
            text={t('sharing:servers.noneText')}
          >
            <Button onClick={goAddMailbox}>{t('sharing:servers.add')}</Button>
          </ShareLine>
        )}
        {mailboxes.map((mailbox) => (
          <ShareLine
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
          </ShareLine>
        ))}
      </ul>
    </Section>
  )
}

/** What else was reached, or tried. */
export function Hosts({
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
          <ShareLine
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
          <ShareLine
            mark={<Sign icon={ShieldCheck} />}
            title={t('sharing:facts.unexpected', { count: 0 })}
            text={t(allowed ? 'sharing:hosts.allowed' : 'sharing:hosts.announced', { list: allowed?.join(', ') ?? '' })}
          />
        )}
        <ShareLine
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
          <ShareLine
            mark={<Sign icon={Server} />}
            title={t('sharing:hosts.gone')}
            text={t('sharing:hosts.goneText', { count: gone })}
          />
        )}
      </ul>
    </Section>
  )
}
