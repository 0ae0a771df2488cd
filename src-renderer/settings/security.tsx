import { KeyRound, Lock, ShieldAlert, Wifi } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { asCallError, call } from '../client'
import { useQuery } from '../live'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { LockSettings } from './lock'
import { PinnedCertificates } from './pins'
import { Page } from '../ui/page'
import { isPassphrasePair, NewPassphrase, PasswordInput } from '../ui/passphrase'
import './settings.css'

type Act = 'set' | 'change' | 'remove'
const done = { set: 'settings:security.isSet', change: 'settings:security.isChanged', remove: 'settings:security.isRemoved' } as const

function PassphraseDialog({ act, onClose }: { act: Act; onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const [[one, two], setBoth] = useState<readonly [string, string]>(['', ''])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const ready = (act === 'set' || current !== '') && (act === 'remove' || isPassphrasePair(one, two))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      if (act === 'remove') await call('app.removePassphrase', { current })
      else await call('app.setPassphrase', { passphrase: one, ...(act === 'change' ? { current } : {}) })
      showToast({ text: t(done[act]) })
      onClose()
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`settings:security.${act}Title`)}
      description={t(`settings:security.${act}Text`)}
      foot={
        <>
          <Button size="lg" onClick={onClose}>{t('cancel')}</Button>
          <Button size="lg" kind={act === 'remove' ? 'danger-fill' : 'primary'} submit form="passphrase" disabled={!ready} busy={busy}>{t(busy ? 'settings:security.working' : `settings:security.${act}Do`)}</Button>
        </>
      }
    >
      <form id="passphrase" className="y g3" onSubmit={(event) => void submit(event)}>
        {act !== 'set' && (
          <Field label={t('setup:secret.current')}>
            {(ids) => <PasswordInput ids={ids} label={t('setup:secret.current')} autoFocus autoComplete="current-password" value={current} onChange={setCurrent} />}
          </Field>
        )}
        {act !== 'remove' && <NewPassphrase autoFocus={act === 'set'} one={one} two={two} onChange={(a, b) => setBoth([a, b])} />}
      </form>
      {failure && <Banner kind="bad" urgent>{failure}</Banner>}
    </Dialog>
  )
}

/** Where the key to the store is, and the passphrase. */
export function Security() {
  const { keyIn, canLock = false } = useQuery('app.state', {}, { topics: ['app-state'] }).data ?? {}
  const [act, setAct] = useState<Act | null>(null)
  if (!keyIn) return null
  const words = { keychain: ['keychain', 'keychainText'], passphrase: ['passphrase', 'passphraseText'], none: ['none', 'noneText'] } as const
  const [title, text] = words[keyIn]
  return (
    <Page title={t('settings:pages.security')}>
      <section aria-label={t('settings:security.keyTitle')}>
        <h2 className="group-title">{t('settings:security.keyTitle')}</h2>
        <div className="card">
          <div className="set">
            <span className={keyIn === 'none' ? 'warn' : 'good'}><Icon icon={keyIn === 'keychain' ? KeyRound : keyIn === 'passphrase' ? Lock : ShieldAlert} /></span>
            <div className="grow"><div className="medium">{t(`settings:security.${title}`)}</div><p>{t(`settings:security.${text}`)}</p></div>
            <div className="x">
              {keyIn === 'passphrase'
                ? <><Button onClick={() => setAct('change')}>{t('settings:security.change')}</Button><Button kind="danger" onClick={() => setAct('remove')}>{t('settings:security.remove')}</Button></>
                : <Button onClick={() => setAct('set')}>{t('settings:security.set')}</Button>}
            </div>
          </div>
        </div>
      </section>
      <LockSettings canLock={canLock} />
      <PinnedCertificates />
      <section aria-label={t('settings:security.networkTitle')}>
        <h2 className="group-title">{t('settings:security.networkTitle')}</h2>
        <div className="card"><div className="set"><span className="t2"><Icon icon={Wifi} /></span><div className="grow"><div className="medium">{t('settings:security.network')}</div><p>{t('settings:security.networkText')}</p></div></div></div>
      </section>
      {act && <PassphraseDialog act={act} onClose={() => setAct(null)} />}
    </Page>
  )
}
