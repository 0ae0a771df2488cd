import { Pencil } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { asCallError, call, type CallError } from '../client'
import { beforeClosing, onStoreBack, saveLeft } from '../state/closing'
import { errorText, t } from '../text'
import { IconButton } from '../ui/button'
import { TextArea } from '../ui/field'

const pauseMs = 600
type Saving = { state: 'clean' | 'waiting' | 'saving' | 'saved' } | { state: 'failed'; why: string }

/** The team's note about a customer: kept at every pause. */
export function Note({ customerId, name, note }: { customerId: number; name: string; note: string }) {
  const [text, setText] = useState<string | null>(null)
  const [saving, setSaving] = useState<Saving>({ state: 'clean' })
  const pending = useRef<string | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const save = useRef(async (): Promise<CallError | null> => {
    clearTimeout(timer.current)
    const value = pending.current
    if (value === null) return null
    setSaving({ state: 'saving' })
    try {
      await call('customers.update', { id: customerId, note: value })
      if (pending.current === value) pending.current = null
      setSaving((now) => (now.state === 'saving' ? { state: 'saved' } : now))
      return null
    } catch (thrown) {
      const error = asCallError(thrown)
      setSaving({ state: 'failed', why: errorText(error) })
      return error
    }
  })
  useEffect(() => {
    const keep = save.current
    const stops = [beforeClosing(async () => void (await keep())), onStoreBack(() => void keep())]
    return () => {
      for (const stop of stops) stop()
      void saveLeft(keep)
    }
  }, [])

  const change = (value: string) => {
    setText(value)
    setSaving({ state: 'waiting' })
    pending.current = value
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void save.current(), pauseMs)
  }
  const close = () => {
    void save.current().then(() => {
      if (pending.current === null) setText(null)
    })
  }
  return (
    <div className="sect">
      <div className="sect-h">
        <h3>{t('customer:notes')}</h3>
        <span className="push x g1">
          {text !== null && saving.state !== 'clean' && saving.state !== 'failed' && (
            <span className="micro t3" role="status">
              {t(saving.state === 'saved' ? 'customer:noteSaved' : 'customer:noteSaving')}
            </span>
          )}
          <IconButton
            icon={Pencil}
            size="sm"
            label={t('customer:editNote')}
            // what is written and not kept yet stays
            onClick={() => setText((written) => written ?? note)}
          />
        </span>
      </div>
      {text === null ? (
        <p className={`sel note-text ${note === '' ? 't3' : 't2'}`}>{note === '' ? t('customer:noNote') : note}</p>
      ) : (
        <TextArea
          autoFocus
          rows={4}
          dir="auto"
          aria-label={t('customer:note', { name })}
          value={text}
          onChange={(event) => change(event.target.value)}
          onBlur={close}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            close()
          }}
        />
      )}
      {saving.state === 'failed' && (
        <p className="hint bad" role="alert">
          {t('customer:noteFailed', { why: saving.why })}
        </p>
      )}
    </div>
  )
}
