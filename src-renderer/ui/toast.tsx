import { useEffect } from 'react'
import { useToasts, type Toast } from '../state/toast'
import { t } from '../text'
import { Button } from './button'

const tickMs = 100
const around = 44 // circumference of the ring, as in the stylesheet

/** The toast at the foot of the list. Put once into the window; it waits while pointed at or focused. */
export function ToastHost() {
  const toast = useToasts((state) => state.toast)
  const left = useToasts((state) => state.leftMs)
  const pause = useToasts((state) => state.pause)
  const id = toast?.id
  useEffect(() => {
    if (id === undefined) return undefined
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      useToasts.getState().pass(now - last)
      last = now
    }, tickMs)
    return () => clearInterval(timer)
  }, [id])
  return (
    <div className="toast-host" role="status" aria-live="polite" aria-label={t('common:toast.region')}>
      {toast && (
        <div
          className="toast"
          key={toast.id}
          onPointerEnter={() => pause(true)}
          onPointerLeave={() => pause(false)}
          onFocus={() => pause(true)}
          onBlur={() => pause(false)}
        >
          <svg className="toast-ring" viewBox="0 0 18 18" aria-hidden="true">
            <circle cx="9" cy="9" r="7" />
            <circle cx="9" cy="9" r="7" style={{ strokeDashoffset: around * (1 - left / toast.lastsMs) }} />
          </svg>
          <span className={`grow${toast.kind === 'bad' ? ' bad' : ''}`}>{toast.text}</span>
          <ToastButton toast={toast} />
        </div>
      )}
    </div>
  )
}

function ToastButton({ toast: { id, undo, action } }: { toast: Toast }) {
  const { undoToast, hide } = useToasts.getState()
  if (undo)
    return (
      <Button kind="ghost" size="sm" className="acc" act="undo" onClick={undoToast}>
        {t('common:undo')}
      </Button>
    )
  if (action)
    return (
      <Button
        kind="ghost"
        size="sm"
        className="acc"
        onClick={() => {
          hide(id)
          action.run()
        }}
      >
        {action.label}
      </Button>
    )
  return (
    <Button kind="ghost" size="sm" onClick={() => hide(id)}>
      {t('common:hide')}
    </Button>
  )
}
