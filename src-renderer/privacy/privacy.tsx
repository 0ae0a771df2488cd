import { goPrivacy } from '../state/places'
import { t } from '../text'
import { Page } from '../ui/page'
import { Network } from './network'
import './privacy.css'

const tabs = ['network'] as const
type Tab = (typeof tabs)[number]
const isTab = (name: string | null): name is Tab => tabs.some((tab) => tab === name)

/** Privacy and data: who may look, who did look, and where every byte went. `part` is the tab. */
export function Privacy({ part }: { part: string | null }) {
  const shown = isTab(part) ? part : tabs[0]
  return (
    <Page title={t('privacy:title')} tabs={{ label: t('privacy:tabsName'), all: tabs.map((id) => ({ id, name: t(`privacy:tabs.${id}`) })), shown, onShow: goPrivacy }}>
      <div className="privacy y">{shown === 'network' && <Network />}</div>
    </Page>
  )
}
