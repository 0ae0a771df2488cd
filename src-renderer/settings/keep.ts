import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { CallInput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { beforeClosing } from '../state/closing'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'

const pauseMs = 600

/** Keeps some settings at once; a failure is told. */
export async function keep(change: CallInput<'settings.set'>): Promise<void> {
  try {
    await call('settings.set', change)
  } catch (thrown) {
    showToast({ text: t('settings:saveFailed', { why: errorText(asCallError(thrown)) }), kind: 'bad' })
  }
}

/** Text that is kept at every pause, when it is left, and when the window closes. */
export function useKept(value: string, keepText: (value: string) => Promise<void>): { value: string; onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void; onBlur: () => void } {
  const [text, setText] = useState<string | null>(null)
  const work = useRef<{ pending: string | null; timer: ReturnType<typeof setTimeout> | undefined; flush: () => Promise<void> }>({ pending: null, timer: undefined, flush: () => Promise.resolve() })
  useEffect(() => {
    work.current.flush = async () => {
      const { pending, timer } = work.current
      clearTimeout(timer)
      if (pending === null) return
      work.current.pending = null
      await keepText(pending)
    }
  })
  useEffect(() => {
    const held = work.current
    const off = beforeClosing(() => held.flush())
    return () => {
      off()
      void held.flush()
    }
  }, [])
  return {
    value: text ?? value,
    onChange: (event) => {
      setText(event.target.value)
      work.current.pending = event.target.value
      clearTimeout(work.current.timer)
      work.current.timer = setTimeout(() => void work.current.flush(), pauseMs)
    },
    onBlur: () => void work.current.flush(),
  }
}
