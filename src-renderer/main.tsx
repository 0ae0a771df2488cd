import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { prefetch } from './live'
import { firstList } from './inbox/use-list-window'
import { startHand } from './state/hand'
import { leaveInputMethodAlone } from './state/input-method'
import './text'
import './styles.css'

const SessionWindow = lazy(() =>
  import('./support/session-window').then((module) => ({ default: module.SessionWindow })),
)
// Which page it is is the window's own affair; what it may ask is fixed with its port.
const isSupport = location.hash === '#support'

startHand()
leaveInputMethodAlone()
if (!isSupport) {
  // What the first paint shows is asked for before React begins to draw.
  prefetch('app.state', {})
  firstList()
  prefetch('settings.get', {})
  prefetch('mailboxes.list', {})
  prefetch('counts.get', {})
  prefetch('sync.status', {})
}

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    isSupport ? (
      <Suspense fallback={null}>
        <SessionWindow />
      </Suspense>
    ) : (
      <App />
    ),
  )
