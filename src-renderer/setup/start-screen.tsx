import { OctagonAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { errorText, t } from '../text'
import { en } from '../text/en'
import { percentText } from '../text/numbers'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { SetPassphrase, Unlock, UnlockWithSystem } from './passphrase'
import './setup.css'

type AppState = CallOutput<'app.state'>
type FailureCode = keyof typeof en.setup.failure

const known = (code: string): FailureCode =>
  Object.hasOwn(en.setup.failure, code) ? (codes.find((one) => one === code) ?? 'other') : 'other'
const codes: readonly FailureCode[] = [
  'erasing',
  'erased',
  'erase-unfinished',
  'store-corrupt',
  'store-newer',
  'disk-full',
  'disk-error',
  'key-missing',
  'no-keychain',
  'profile-in-use',
  'keychain-failed',
  'runtime-mismatch',
  'other',
]

function Facts({ happened, safe, todo }: { happened: string; safe: string; todo: string }) {
  return (
    <dl className="start-facts">
      <dt>{t('setup:start.happened')}</dt>
      <dd>{happened}</dd>
      <dt>{t('setup:start.safe')}</dt>
      <dd>{safe}</dd>
      <dt>{t('setup:start.todo')}</dt>
      <dd>{todo}</dd>
    </dl>
  )
}

function useAct(): [boolean, (work: () => Promise<unknown>) => void] {
  const [busy, setBusy] = useState(false)
  return [
    busy,
    (work) => {
      setBusy(true)
      void work()
        .catch(tellFailure)
        .finally(() => setBusy(false))
    },
  ]
}

const showLogs = () => void call('app.window', { act: 'show-logs' }).catch(tellFailure)

function Failed({ error }: { error: NonNullable<AppState['error']> }) {
  const [busy, act] = useAct()
  const [asked, setAsked] = useState(false)
  const code = known(error.code)
  const where = error.detail['path']
  return (
    <div className="y g4" role="alert">
      <div className="x g3">
        <span className="bad">
          <Icon icon={OctagonAlert} />
        </span>
        <h1>{t(`setup:failure.${code}.title`)}</h1>
      </div>
      <Facts
        happened={t(`setup:failure.${code}.happened`)}
        safe={t(`setup:failure.${code}.safe`)}
        todo={t(`setup:failure.${code}.todo`)}
      />
      <p className="meta t3 sel">
        {t('setup:start.code', { code: error.code })}
        {typeof where === 'string' && (
          <>
            <br />
            <span className="mono" dir="ltr">
              {where}
            </span>
          </>
        )}
      </p>
      <div className="x">
        <Button kind="ghost" onClick={showLogs}>
          {t('setup:start.logs')}
        </Button>
        <Button kind="ghost" onClick={() => void call('app.window', { act: 'quit' })}>
          {t('setup:start.quit')}
        </Button>
        <span className="push x">
          {code === 'store-corrupt' && (
            <Button size="lg" kind="danger" onClick={() => setAsked(true)}>
              {t('setup:start.setAside')}…
            </Button>
          )}
          {code === 'erase-unfinished' && (
            <Button size="lg" onClick={() => act(() => call('app.restartService', { service: 'store', leave: true }))}>
              {t('setup:start.afresh')}
            </Button>
          )}
          {code === 'erasing' ? (
            <span className="x" role="status">
              <Spinner />
              <span className="t2">{t('setup:start.erasing')}</span>
            </span>
          ) : (
            <Button
              size="lg"
              kind="primary"
              busy={busy}
              onClick={() => act(() => call('app.restartService', { service: 'store' }))}
            >
              {t(busy ? 'setup:start.opening' : code === 'erased' ? 'setup:start.afresh' : 'setup:start.retry')}
            </Button>
          )}
        </span>
      </div>
      {asked && (
        <Dialog
          open
          onClose={() => setAsked(false)}
          title={t('setup:start.setAsideTitle')}
          description={t('setup:start.setAsideText')}
          foot={
            <>
              <Button size="lg" onClick={() => setAsked(false)}>
                {t('cancel')}
              </Button>
              <Button
                size="lg"
                kind="danger-fill"
                onClick={() => {
                  setAsked(false)
                  act(() => call('app.setAsideDamaged', {}))
                }}
              >
                {t('setup:start.setAsideDo')}
              </Button>
            </>
          }
        />
      )}
    </div>
  )
}

function Stopped({ service }: { service: 'store' | 'mail' }) {
  const [busy, act] = useAct()
  return (
    <div className="y g4" role="alert">
      <div className="x g3">
        <span className="bad">
          <Icon icon={OctagonAlert} />
        </span>
        <h1>{t('setup:start.stoppedTitle')}</h1>
      </div>
      <Facts
        happened={t(`setup:start.stopped.${service}`)}
        safe={t('setup:start.stoppedSafe')}
        todo={t('setup:start.stoppedTodo')}
      />
      <div className="x">
        <Button kind="ghost" onClick={showLogs}>
          {t('setup:start.logs')}
        </Button>
        <Button
          size="lg"
          kind="primary"
          className="push"
          busy={busy}
          onClick={() => act(() => call('app.restartService', { service }))}
        >
          {t(busy ? 'setup:start.restarting' : 'setup:start.restart')}
        </Button>
      </div>
    </div>
  )
}

/** While the store is encrypted anew nothing of it can be shown. */
function ChangingKey({ change }: { change: AppState['keyChange'] }) {
  const part = change && change.step === 'copying' && change.total > 0 ? change.done / change.total : null
  return (
    <div className="y g4">
      <h1>{t('setup:changeKey.title')}</h1>
      <p className="t2">{t('setup:changeKey.text')}</p>
      <div className="x" role="status">
        <Spinner />
        <span className="t2 num">
          {t(`setup:changeKey.steps.${change?.step ?? 'finishing'}`)}
          {part === null ? '' : ` ${percentText(part)}`}
        </span>
      </div>
    </div>
  )
}

function Inside({ state }: { state: AppState }) {
  const stopped = state.stopped[0]
  // a part that stopped is also a failed start, but this page says what helps
  if (stopped) return <Stopped service={stopped} />
  if (state.phase === 'failed') return <Failed error={state.error ?? { code: 'internal', detail: {} }} />
  if (state.phase === 'set-passphrase') return <SetPassphrase managed={state.error?.detail['managed'] === true} />
  if (state.phase === 'locked') return state.keyIn === 'keychain' ? <UnlockWithSystem /> : <Unlock />
  if (state.phase === 'changing-key') return <ChangingKey change={state.keyChange} />
  return (
    <div className="x" role="status">
      <Spinner />
      <span className="t2">{state.error ? errorText(state.error) : t('setup:start.opening')}</span>
    </div>
  )
}

/** Before the store is open: passphrase, lock, what went wrong. */
export function StartScreen({
  state,
  extra = null,
}: {
  state: AppState
  /** What else can be done from here. */ extra?: ReactNode
}) {
  return (
    <main className="pane start-screen" aria-label={t('setup:start.region')}>
      <div className="scroll center">
        <div className="start wide">
          <Inside state={state} />
          {extra !== null && <div className="x start-extra">{extra}</div>}
        </div>
      </div>
    </main>
  )
}
