import { goPrivacy } from '../state/places'
import { t } from '../text'
import { Network } from './network'
import './privacy.css'

const tabs = ['network'] as const
type Tab = (typeof tabs)[number]
const isTab = (name: string | null): name is Tab => tabs.some((tab) => tab === name)

/** Privacy and data: who may look, who did look, and where every byte went. */
export function Privacy({ tab }: { tab: string | null }) {
  const shown = isTab(tab) ? tab : tabs[0]
  return (
    <section className="pane" aria-label={t('privacy:title')} data-pane="page" tabIndex={-1}>
      <div className="panehead sethead"><div className="colhead x"><h1>{t('privacy:title')}</h1></div></div>
      <div className="ptabs">
        <nav className="tabs colhead" aria-label={t('privacy:tabsName')}>
          {tabs.map((one) => <button key={one} type="button" className={one === shown ? 'on' : ''} aria-current={one === shown ? 'page' : undefined} onClick={() => goPrivacy(one)}>{t(`privacy:tabs.${one}`)}</button>)}
        </nav>
      </div>
      <div className="scroll" key={shown}>
        <div className="page-in y privacy-in">
          {shown === 'network' && <Network />}
        </div>
      </div>
    </section>
  )
}
