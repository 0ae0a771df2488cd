import { Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Mailbox } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goSettings } from '../state/places'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { About } from './about'
import { General } from './general'
import { Mailboxes } from './mailboxes'
import { Security } from './security'
import './settings.css'

const pages = ['general', 'mailboxes', 'security', 'about'] as const
type Page = (typeof pages)[number]

export interface SettingsProps {
  /** `mailboxes/3` is the form of one mailbox; null is the first page. */
  page: string | null
  /** The form of a mailbox. */
  editMailbox: (mailbox: Mailbox, onClose: () => void) => ReactNode
}

const isPage = (name: string | undefined): name is Page => pages.some((page) => page === name)

/** Settings: one centred column with pages. */
export function Settings({ page, editMailbox }: SettingsProps) {
  const [name, part] = (page ?? '').split('/')
  const shown = isPage(name) ? name : 'general'
  const { data, error, refetch } = useQuery('settings.get', {}, { topics: ['settings'] })
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes
  const edited = shown === 'mailboxes' && part ? mailboxes?.find((one) => String(one.id) === part) : undefined
  if (edited) return editMailbox(edited, () => goSettings('mailboxes'))
  return (
    <section className="pane" aria-label={t('settings:title')} data-pane="page" tabIndex={-1}>
      <div className="panehead sethead"><div className="colhead x"><h1>{t('settings:title')}</h1></div></div>
      <div className="ptabs">
        <nav className="tabs colhead" aria-label={t('settings:tabsName')}>
          {pages.map((one) => <button key={one} type="button" className={one === shown ? 'on' : ''} aria-current={one === shown ? 'page' : undefined} onClick={() => goSettings(one)}>{t(`settings:tabs.${one}`)}{one === 'mailboxes' && mailboxes ? <span className="t3">{mailboxes.length}</span> : null}</button>)}
        </nav>
      </div>
      <div className="scroll">
        <div className="page-in y settings-in">
          {shown === 'general' && (data
            ? <General settings={data} />
            : error && <EmptyState icon={Settings2} title={t('settings:failed')} action={<Button onClick={refetch}>{t('retry')}</Button>}>{errorText(error)}</EmptyState>)}
          {shown === 'mailboxes' && mailboxes && <Mailboxes mailboxes={mailboxes} />}
          {shown === 'security' && <Security />}
          {shown === 'about' && <About />}
        </div>
      </div>
    </section>
  )
}
