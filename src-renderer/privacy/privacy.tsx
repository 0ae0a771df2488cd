import { useQuery } from '../live'
import { goPrivacy } from '../state/places'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { LockMark } from '../ui/lock-mark'
import { Page } from '../ui/page'
import { Access } from './access'
import { AccessLog } from './access-log'
import { MailboxAccess } from './mailbox-access'
import { Network } from './network'
import { Overview } from './overview'
import { Processors } from './processors'
import { Sharing } from './sharing'
import './privacy.css'

const tabs = ['overview', 'access', 'log', 'sharing', 'processors', 'mailboxes', 'network'] as const
type Tab = (typeof tabs)[number]
const isTab = (name: string | null): name is Tab => tabs.some((tab) => tab === name)

/** Privacy and data: who may look, who did look, and where every byte went. `part` is the tab. */
export function Privacy({ part }: { part: string | null }) {
  const shown = isTab(part) ? part : tabs[0]
  const policy = useQuery('policy.get', {}).data
  const locked = (policy?.locked.length ?? 0) > 0
  return (
    <Page
      title={t('privacy:title')}
      tabs={{
        label: t('privacy:tabsName'),
        all: tabs.map((id) => ({ id, name: t(`privacy:tabs.${id}`) })),
        shown,
        onShow: goPrivacy,
      }}
      end={
        locked ? (
          <LockMark>
            {policy?.managedBy ? t('privacy:managed', { who: policy.managedBy }) : t('privacy:managedUnnamed')}
          </LockMark>
        ) : undefined
      }
    >
      <div className="privacy y">
        {policy?.faults.map((fault) => (
          <Banner key={`${fault.file} ${fault.key}`} kind="bad">
            {t('privacy:policyFault', {
              what: `${fault.file}${fault.key === '' ? '' : `, ${fault.key}`}: ${fault.why}`,
            })}
          </Banner>
        ))}
        {shown === 'overview' && <Overview />}
        {shown === 'access' && <Access />}
        {shown === 'log' && <AccessLog />}
        {shown === 'sharing' && <Sharing />}
        {shown === 'processors' && <Processors />}
        {shown === 'mailboxes' && <MailboxAccess />}
        {shown === 'network' && <Network />}
      </div>
    </Page>
  )
}
