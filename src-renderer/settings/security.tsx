import { KeyRound, LifeBuoy, Lock, RefreshCw, ShieldAlert, Wifi } from 'lucide-react'
import { useState } from 'react'
import { call, type CallError } from '../client'
import { useQuery } from '../live'
import { keepAll } from '../state/closing'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { LockSettings } from './lock'
import { PinnedCertificates } from './pins'
import { LockMark } from '../ui/lock-mark'
import { Page } from '../ui/page'
import { isPassphrasePair, NewPassphrase, PasswordField } from '../ui/passphrase'
import { ActDialog } from '../ui/act-dialog'
import './settings.css'

type Act = 'set' | 'change' | 'remove'

/** Outlives the page: while the key is changed the window shows that and nothing else. */
async function changeKey(current: string | undefined): Promise<void> {
  await keepAll()
  await call('app.changeKey', current === undefined ? {} : { current })
  showToast({ text: t('settings:security.newKey.done') })
}
const done = {
  set: 'settings:security.isSet',
  change: 'settings:security.isChanged',
  remove: 'settings:security.isRemoved',
} as const

function PassphraseDialog({ act, onClose }: { act: Act; onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const [[one, two], setBoth] = useState<readonly [string, string]>(['', ''])
  const ready = (act === 'set' || current !== '') && (act === 'remove' || isPassphrasePair(one, two))
  const work = async () => {
    if (act === 'remove') await call('app.removePassphrase', { current })
    else await call('app.setPassphrase', { passphrase: one, ...(act === 'change' ? { current } : {}) })
    showToast({ text: t(done[act]) })
  }
  return (
    <ActDialog
      title={t(`settings:security.${act}Title`)}
      description={t(`settings:security.${act}Text`)}
      act={t(`settings:security.${act}Do`)}
      acting={t('settings:security.working')}
      danger={act === 'remove'}
      ready={ready}
      work={work}
      onClose={onClose}
    >
      {act !== 'set' && (
        <PasswordField
          label={t('setup:secret.current')}
          autoFocus
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
      )}
      {act !== 'remove' && (
        <NewPassphrase autoFocus={act === 'set'} one={one} two={two} onChange={(a, b) => setBoth([a, b])} />
      )}
    </ActDialog>
  )
}

function NewKeyDialog({ withPassphrase, onClose }: { withPassphrase: boolean; onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const words = (error: CallError) => {
    if (error.code === 'wrong-passphrase') return undefined
    const text = t('settings:security.newKey.failed', { why: errorText(error) })
    showToast({ text, kind: 'bad', lastsMs: 15_000 })
    return text
  }
  return (
    <ActDialog
      title={t('settings:security.newKey.title')}
      description={t('settings:security.newKey.text')}
      act={t('settings:security.newKey.act')}
      acting={t('settings:security.working')}
      ready={!withPassphrase || current !== ''}
      work={() => changeKey(withPassphrase ? current : undefined)}
      words={words}
      onClose={onClose}
    >
      {withPassphrase ? (
        <PasswordField
          label={t('setup:secret.current')}
          autoFocus
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
      ) : undefined}
    </ActDialog>
  )
}

/** Where the key to the store is, and the passphrase. */
export function Security() {
  const { keyIn, canLock = false } = useQuery('app.state', {}).data ?? {}
  const [act, setAct] = useState<Act | null>(null)
  const [newKey, setNewKey] = useState(false)
  const { appLock, recoveryKey } = useQuery('policy.get', {}).data?.policy ?? {}
  const required = appLock === 'required'
  if (!keyIn) return null
  const words = {
    keychain: ['keychain', 'keychainText'],
    passphrase: ['passphrase', 'passphraseText'],
    none: ['none', 'noneText'],
  } as const
  const [title, text] = words[keyIn]
  return (
    <Page title={t('settings:pages.security')}>
      <section aria-label={t('settings:security.keyTitle')}>
        <h2 className="group-title">{t('settings:security.keyTitle')}</h2>
        <div className="card">
          <div className="set">
            <span className={keyIn === 'none' ? 'warn' : 'good'}>
              <Icon icon={keyIn === 'keychain' ? KeyRound : keyIn === 'passphrase' ? Lock : ShieldAlert} />
            </span>
            <div className="grow">
              <div className="medium">{t(`settings:security.${title}`)}</div>
              <p>{t(`settings:security.${text}`)}</p>
            </div>
            <div className="x">
              {keyIn === 'passphrase' ? (
                <>
                  <Button onClick={() => setAct('change')}>{t('settings:security.change')}</Button>
                  {required && <LockMark />}
                  <Button kind="danger" disabled={required} onClick={() => setAct('remove')}>
                    {t('settings:security.remove')}
                  </Button>
                </>
              ) : (
                <Button onClick={() => setAct('set')}>{t('settings:security.set')}</Button>
              )}
            </div>
          </div>
          {recoveryKey && (
            <div className="set">
              <span className="t2">
                <Icon icon={LifeBuoy} />
              </span>
              <div className="grow">
                <div className="medium">{t('settings:security.recovery')}</div>
                <p>
                  <bdi>{t('settings:security.recoveryText', recoveryKey)}</bdi>
                </p>
              </div>
              <LockMark />
            </div>
          )}
          {keyIn !== 'none' && (
            <div className="set">
              <span className="t2">
                <Icon icon={RefreshCw} />
              </span>
              <div className="grow">
                <div className="medium">{t('settings:security.newKey.name')}</div>
                <p>{t('settings:security.newKey.hint')}</p>
              </div>
              <Button onClick={() => setNewKey(true)}>{t('settings:security.newKey.ask')}</Button>
            </div>
          )}
        </div>
      </section>
      <LockSettings canLock={canLock} />
      <PinnedCertificates />
      <section aria-label={t('settings:security.networkTitle')}>
        <h2 className="group-title">{t('settings:security.networkTitle')}</h2>
        <div className="card">
          <div className="set">
            <span className="t2">
              <Icon icon={Wifi} />
            </span>
            <div className="grow">
              <div className="medium">{t('settings:security.network')}</div>
              <p>{t('settings:security.networkText')}</p>
            </div>
          </div>
        </div>
      </section>
      {newKey && <NewKeyDialog withPassphrase={keyIn === 'passphrase'} onClose={() => setNewKey(false)} />}
      {act && <PassphraseDialog act={act} onClose={() => setAct(null)} />}
    </Page>
  )
}
