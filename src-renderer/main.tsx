import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { showLastSeen } from './last-seen'
import { prefetch } from './live'
import { firstList } from './inbox/use-list-window'
import { startHand } from './state/hand'
import { leaveInputMethodAlone } from './state/input-method'
import './text'
import './styles.css'

const SessionWindow = lazy(() =>
  import('./support/session-window').then((module) => ({ default: module.SessionWindow })),
)
const SessionEnded = lazy(() => import('./support/session-ended').then((module) => ({ default: module.SessionEnded })))
// Which page it is is the window's own affair; what it may ask is fixed with its port.
const isSupport = location.hash !== ''
const [, ended] = /^#ended-(.+)$/.exec(location.hash) ?? []

startHand()
leaveInputMethodAlone()
if (!isSupport) {
  // What the first paint shows is asked for before React begins to draw; what it waits for comes last.
  firstList()
  prefetch('settings.get', {})
  prefetch('mailboxes.list', {})
  prefetch('sync.status', {})
  void showLastSeen().catch(() => undefined)
}

/** ms that the first draw waits for the mail at most. */
const waitForMail = 400

/** The window is drawn once, with its mail, and not empty first: on a busy machine the empty one took as long again. */
async function mailIsHere(): Promise<void> {
  const { promise: state, resolve: stateIsHere } = Promise.withResolvers<void>()
  const { promise: mail, resolve: nothingMore } = Promise.withResolvers<void>()
  prefetch('app.state', {}, undefined, ({ phase, filled }) => {
    if (!filled || (phase !== 'starting' && phase !== 'ready')) nothingMore()
    stateIsHere()
  })
  prefetch('counts.get', {}, undefined, () => nothingMore())
  const late = new Promise((resolve) => setTimeout(resolve, waitForMail))
  await Promise.race([Promise.all([state, mail]), late])
}

async function draw(): Promise<void> {
  const root = document.getElementById('root')
  if (!root) return
  if (!isSupport) await mailIsHere()
  createRoot(root).render(
    isSupport ? (
      <Suspense fallback={null}>{ended === undefined ? <SessionWindow /> : <SessionEnded why={ended} />}</Suspense>
    ) : (
      <App />
    ),
  )
}

void draw()
