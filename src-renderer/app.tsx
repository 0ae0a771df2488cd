import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import type { CallOutput } from '../src-preload/contract'
import { ask } from './client'
import { useQuery } from './live'
import { Everywhere } from './shell/everywhere'
import { BareTitleBar } from './shell/title-bar'
import { LeaseEnded } from './shell/lease-ended'
import { MainWindow, preparePalette } from './shell/window'
import { prepareConversationPane } from './shell/conversation-pane'
import { prepareDialogs } from './ui/dialog'
import { prepareMenus } from './ui/menu'
import { preparePopovers } from './ui/popover'
import { ToastHost } from './ui/toast'
import { TooltipLayer } from './ui/tooltip'
import { showToast } from './state/toast'
import { applySettings, applyTheme } from './state/window'
import { t } from './text'
import { prepareLabels } from './work/label-bar'
import { prepareTags } from './work/tag-picker'

const StartScreen = lazy(() => import('./setup/start-screen').then((module) => ({ default: module.StartScreen })))
const LockedSignIn = lazy(() => import('./privacy/locked-sign-in').then((module) => ({ default: module.LockedSignIn })))
const FirstRun = lazy(() => import('./setup/first-run').then((module) => ({ default: module.FirstRun })))

/** Fetches what the first clicks need, once the list is there. */
function prepareRest(): void {
  prepareConversationPane()
  prepareMenus()
  preparePopovers()
  prepareDialogs()
  prepareTags()
  prepareLabels()
  preparePalette()
}

type AppState = CallOutput<'app.state'>

/** Asks how the program stands and shows what belongs to that: start, lock, failure, first run, or the window. */
export function App() {
  const state = useQuery('app.state', {}).data
  useEffect(() => void ask('app.window', { act: 'drawn' }).catch(() => undefined), [])
  useEffect(() => {
    if (!state) return
    document.documentElement.dataset['os'] = state.platform
    applyTheme(state.theme)
  }, [state])
  return (
    <>
      <Page state={state} />
      <Everywhere />
    </>
  )
}

function Page({ state }: { state: AppState | undefined }) {
  if (!state) return <Starting state={state} />
  const starting = state.phase === 'starting' && !state.stopped.includes('store')
  if (starting && !state.filled) return <Starting state={state} />
  if (!starting && (state.phase !== 'ready' || state.stopped.includes('store')))
    return (
      <Bare state={state}>
        <StartScreen state={state} extra={state.phase === 'locked' ? <LockedSignIn keyIn={state.keyIn} /> : null} />
      </Bare>
    )
  return <Ready state={state} />
}

/** The window, or the first run. Where there was mail the last time, the window is drawn while the store still opens; its lists fill then. */
function Ready({ state }: { state: AppState }) {
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes
  const settings = useQuery('settings.get', {}).data
  const lease = useQuery('team.lease', {}).data
  useEffect(() => {
    if (settings) applySettings(settings)
  }, [settings])
  const filled = mailboxes ? mailboxes.length > 0 : state.filled
  // Behind the store, which answers those clicks.
  const there = mailboxes !== undefined && filled && state.phase === 'ready'
  const { provisionError } = state
  useEffect(() => {
    // the first run says it on its own page
    if (filled && provisionError !== null)
      showToast({ text: t('setup:first.provision', { why: provisionError }), kind: 'bad', lastsMs: 60_000 })
  }, [filled, provisionError])
  useEffect(() => {
    if (!there) return undefined
    const idle = requestIdleCallback(prepareRest, { timeout: 1500 })
    return () => cancelIdleCallback(idle)
  }, [there])
  if (lease?.ended)
    return (
      <Bare state={state}>
        <LeaseEnded lease={lease} />
      </Bare>
    )
  if (!filled)
    return mailboxes ? (
      <Bare state={state}>
        <main className="fill">
          <FirstRun />
        </main>
      </Bare>
    ) : (
      <Starting state={state} />
    )
  return (
    <MainWindow platform={state.platform} maximized={state.maximized} mailStopped={state.stopped.includes('mail')} />
  )
}

/** A window for what comes before the mail: it can be moved and closed, and says what went wrong. */
function Bare({ state, children }: { state: AppState; children: ReactNode }) {
  return (
    <Suspense fallback={<Starting state={state} />}>
      <div className="window">
        <BareTitleBar platform={state.platform} maximized={state.maximized} />
        <div className="panes bare">
          {children}
          <ToastHost />
        </div>
        <TooltipLayer />
      </div>
    </Suspense>
  )
}

/** The bare window while the store opens: the panes without content, so that nothing flashes or jumps. */
function Starting({ state }: { state: AppState | undefined }) {
  return (
    <div className="window">
      {state ? <BareTitleBar platform={state.platform} maximized={state.maximized} /> : <div className="titlebar" />}
      <main className="panes inbox" aria-busy="true">
        <h1 className="sr">{t('common:places.loading')}</h1>
        <div className="sidebar" />
        <div className="pane list">
          <div className="panehead" />
        </div>
        <div className="pane" />
      </main>
    </div>
  )
}
