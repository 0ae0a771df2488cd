import { Link2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { ask } from '../client'
import { t } from '../text'
import { actWords } from '../text/log-words'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'

type Entry = CallOutput<'support.log'>['entries'][number]
const everyMs = 1000

/** What the workspace sees of this session, as it is written. */
export function SessionLog() {
  const [entries, setEntries] = useState<readonly Entry[]>([])
  useEffect(() => {
    const look = () =>
      void ask('support.log', {}).then(
        (found) => setEntries(found.entries),
        () => undefined,
      )
    look()
    const timer = setInterval(look, everyMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <aside className="pane list ses-log" aria-label={t('support:log')} tabIndex={-1}>
      <div className="scroll" tabIndex={0}>
        <div className="sect">
          <div className="sect-h">
            <h3>{t('support:log')}</h3>
            <span className="push">
              <span className="chip sm good">
                <Icon icon={Link2} />
                {t('support:live')}
              </span>
            </span>
          </div>
          <ul className="logl">
            {entries.map((entry) => (
              <li key={entry.seq}>
                <Time at={entry.at} form="message" />
                <bdi>{actWords(entry)}</bdi>
              </li>
            ))}
          </ul>
          <p className="meta t3">{t('support:logFoot')}</p>
        </div>
      </div>
    </aside>
  )
}
