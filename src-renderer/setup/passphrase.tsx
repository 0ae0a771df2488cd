import { useState, type FormEvent } from 'react'
import { asCallError, call } from '../client'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { isPassphrasePair, NewPassphrase, PasswordField } from '../ui/passphrase'
import { useWait } from './wait'

/** Chooses the passphrase that protects the key where there is no keychain, or where the organisation wants one. */
export function SetPassphrase({ managed }: { managed: boolean }) {
  const [[one, two], setBoth] = useState<readonly [string, string]>(['', ''])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const good = isPassphrasePair(one, two)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!good || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await call('app.setPassphrase', { passphrase: one })
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
      setBusy(false)
    }
  }
  return (
    <form className="y g4" onSubmit={(event) => void submit(event)}>
      <div className="y">
        <h1>{t('setup:start.setTitle')}</h1>
        <p className="t2">{t(managed ? 'setup:start.setManaged' : 'setup:start.setWhy')}</p>
      </div>
      <NewPassphrase autoFocus one={one} two={two} onChange={(a, b) => setBoth([a, b])} />
      <Banner kind="warn" top>
        {t('setup:start.setWarn')}
      </Banner>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
      <div className="x">
        <Button submit kind="primary" size="lg" className="push" disabled={!good} busy={busy}>
          {t(busy ? 'setup:start.setting' : 'setup:start.set')}
        </Button>
      </div>
    </form>
  )
}

/** Locked, with the key in the system's keychain: the system itself asks who is there. */
export function UnlockWithSystem() {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const unlock = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await call('app.unlockWithSystem', {})
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
      setBusy(false)
    }
  }
  return (
    <div className="y g4">
      <div className="y">
        <h1>{t('setup:start.lockedTitle')}</h1>
        <p className="t2">{t('setup:start.lockedSystem')}</p>
      </div>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
      <div className="x">
        <Button kind="primary" size="lg" className="push" autoFocus busy={busy} onClick={() => void unlock()}>
          {t(busy ? 'setup:start.unlocking' : 'setup:start.unlockSystem')}
        </Button>
      </div>
    </div>
  )
}

/** Asks for the passphrase; after wrong ones it slows down. */
export function Unlock() {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const { seconds, missed } = useWait()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (text === '' || busy || seconds > 0) return
    setBusy(true)
    setFailure(null)
    try {
      await call('app.unlock', { passphrase: text })
    } catch (thrown) {
      const error = asCallError(thrown)
      if (error.code === 'wrong-passphrase') missed()
      setFailure(error.code === 'wrong-passphrase' ? t('setup:start.wrong') : errorText(error))
      setText('')
      setBusy(false)
    }
  }
  return (
    <form className="y g4" onSubmit={(event) => void submit(event)}>
      <div className="y">
        <h1>{t('setup:start.lockedTitle')}</h1>
        <p className="t2">{t('setup:start.lockedText')}</p>
      </div>
      <PasswordField
        label={t('setup:start.passphrase')}
        error={failure ?? undefined}
        hint={seconds > 0 ? t('setup:start.wait', { seconds }) : undefined}
        autoFocus
        autoComplete="current-password"
        value={text}
        onChange={setText}
      />
      <div className="x">
        {seconds > 0 && (
          <span className="meta t3" role="status">
            {t('setup:start.wait', { seconds })}
          </span>
        )}
        <Button submit kind="primary" size="lg" className="push" disabled={text === '' || seconds > 0} busy={busy}>
          {t(busy ? 'setup:start.unlocking' : 'setup:start.unlock')}
        </Button>
      </div>
    </form>
  )
}
