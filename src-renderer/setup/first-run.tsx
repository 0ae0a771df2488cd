import { Mail, Server } from 'lucide-react'
import { useState } from 'react'
import { useQuery } from '../live'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Icon } from '../ui/icon'
import { AddMailbox } from './add-mailbox'
import './setup.css'

/** Nothing is here yet: the first mailbox. */
export function FirstRun() {
  const [kind, setKind] = useState<'server' | 'gmail' | null>(null)
  const provisionError = useQuery('app.state', {}, { topics: ['app-state'] }).data?.provisionError
  if (kind) return <AddMailbox kind={kind} onBack={() => setKind(null)} />
  return (
    <section className="pane" aria-label={t('setup:first.region')}>
      <div className="scroll center">
        <div className="start">
          <h1>{t('setup:first.title')}</h1>
          <p className="t2">{t('setup:first.text')}</p>
          {provisionError && <Banner kind="bad" top>{t('setup:first.provision', { why: provisionError })}</Banner>}
          <div className="card options">
            <button type="button" className="opt inset-focus" onClick={() => setKind('server')}>
              <span className="av sq lg c-stone"><Icon icon={Server} /></span>
              <span className="grow"><span className="medium block">{t('setup:first.server')}</span><span className="meta t3">{t('setup:first.serverText')}</span></span>
            </button>
            <button type="button" className="opt inset-focus" onClick={() => setKind('gmail')}>
              <span className="av sq lg c-sky"><Icon icon={Mail} /></span>
              <span className="grow"><span className="medium block">{t('setup:first.gmail')}</span><span className="meta t3">{t('setup:first.gmailText')}</span></span>
            </button>
          </div>
        </div>
      </div>
    </section>
  )
}
