import { Check, OctagonAlert, ShieldCheck } from 'lucide-react'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { Section } from './section'
import { Hosts, Servers } from './share-hosts'
import { ShareLine, Sign } from './share-line'
import { Colleagues, Outside } from './share-people'

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
          <ShareLine
            mark={<Sign icon={Check} />}
            title={t('sharing:postern.usage')}
            text={t('sharing:postern.usageText')}
          />
          <ShareLine
            mark={<Sign icon={Check} />}
            title={t('sharing:postern.updates')}
            text={t('sharing:postern.updatesText')}
          />
        </ul>
      </Section>
    </>
  )
}
