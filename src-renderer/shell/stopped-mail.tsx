import { useState } from 'react'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'

const logs = () => void call('app.window', { act: 'show-logs' }).catch(tellFailure)

/** Over the panes when mail's process was stopped for crashing too often: reading and writing go on, nothing comes or leaves. */
export function StoppedMail() {
  const [busy, setBusy] = useState(false)
  const restart = () => {
    setBusy(true)
    void call('app.restartService', { service: 'mail' })
      .catch(tellFailure)
      .finally(() => setBusy(false))
  }
  return (
    <Banner
      kind="bad"
      urgent
      className="stopped-mail"
      actions={
        <>
          <Button size="sm" onClick={logs}>
            {t('setup:start.logs')}
          </Button>
          <Button size="sm" kind="primary" busy={busy} onClick={restart}>
            {t(busy ? 'setup:start.restarting' : 'setup:start.restart')}
          </Button>
        </>
      }
    >
      {t('setup:start.stopped.mail')} {t('setup:start.stoppedSafe')} {t('setup:start.stoppedTodo')}
    </Banner>
  )
}
