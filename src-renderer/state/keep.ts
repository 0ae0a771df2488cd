import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { CallInput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { beforeClosing } from './closing'
import { showToast } from './toast'
import { errorText, t } from '../text'

const pauseMs = 600

/** Keeps some settings at once. @returns false when that failed, which is told */
export async function keep(change: CallInput<'settings.set'>): Promise<boolean> {
  try {
    await call('settings.set', change)
    return true
  } catch (thrown) {
    showToast({ text: t('settings:saveFailed', { why: errorText(asCallError(thrown)) }), kind: 'bad' })
    return false
  }
}

/** Something written that is kept at every pause, when it is left, and when the window closes. */
export function useKeptValue<T>(
  value: T,
  keepValue: (value: T) => Promise<unknown>,
): { value: T; change: (value: T) => void; leave: () => void } {
  const [written, setWritten] = useState<{ value: T } | null>(null)
  const work = useRef<{
    pending: { value: T } | null
    timer: ReturnType<typeof setTimeout> | undefined
    flush: () => Promise<void>
  }>({ pending: null, timer: undefined, flush: () => Promise.resolve() })
  useEffect(() => {
    work.current.flush = async () => {
      const { pending, timer } = work.current
      clearTimeout(timer)
      if (pending === null) return
      work.current.pending = null
      await keepValue(pending.value)
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
    value: written ? written.value : value,
    change: (next) => {
      setWritten({ value: next })
      work.current.pending = { value: next }
      clearTimeout(work.current.timer)
      work.current.timer = setTimeout(() => void work.current.flush(), pauseMs)
    },
    leave: () => void work.current.flush(),
  }
}

/** The same for a field of text. */
export function useKept(
  value: string,
  keepText: (value: string) => Promise<unknown>,
): {
  value: string
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void
  onBlur: () => void
} {
  const kept = useKeptValue(value, keepText)
  return { value: kept.value, onChange: (event) => kept.change(event.target.value), onBlur: kept.leave }
}
