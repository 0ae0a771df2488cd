import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { CallInput } from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { beforeClosing, onStoreBack, saveLeft } from './closing'
import { showToast } from './toast'
import { errorText, t } from '../text'

const pauseMs = 600
/** What is refused for these is refused again, however often it is tried. */
const hopeless: ReadonlySet<string> = new Set(['invalid-input', 'not-allowed', 'too-large'])

/** Keeps some settings. @returns what stands in the way; null: they are kept */
export async function tryToKeep(change: CallInput<'settings.set'>): Promise<CallError | null> {
  try {
    await call('settings.set', change)
    return null
  } catch (thrown) {
    return asCallError(thrown)
  }
}

const tellFailure = (error: CallError): number =>
  showToast({ text: t('settings:saveFailed', { why: errorText(error) }), kind: 'bad' })

/** Keeps some settings at once. @returns false when that failed, which is told */
export async function keep(change: CallInput<'settings.set'>): Promise<boolean> {
  const error = await tryToKeep(change)
  if (error) tellFailure(error)
  return error === null
}

/**
 * Something written that is kept at every pause, when it is left, and when the window closes; what is not taken then, when the store
 * is there again.
 * @param keepValue answers with what stands in the way; null: it is kept
 */
export function useKeptValue<T>(
  value: T,
  keepValue: (value: T) => Promise<CallError | null>,
): { value: T; change: (value: T) => void; leave: () => void } {
  const [written, setWritten] = useState<{ value: T } | null>(null)
  const work = useRef<{
    pending: { value: T } | null
    timer: ReturnType<typeof setTimeout> | undefined
    flush: () => Promise<CallError | null>
  }>({ pending: null, timer: undefined, flush: () => Promise.resolve(null) })
  useEffect(() => {
    work.current.flush = async () => {
      const { pending, timer } = work.current
      clearTimeout(timer)
      if (pending === null) return null
      const error = await keepValue(pending.value)
      // What was written meanwhile is not kept yet.
      if ((error === null || hopeless.has(error.code)) && work.current.pending === pending) work.current.pending = null
      return error
    }
  })
  useEffect(() => {
    const held = work.current
    const stops = [beforeClosing(async () => void (await held.flush())), onStoreBack(() => void held.flush())]
    return () => {
      for (const stop of stops) stop()
      void saveLeft(() => held.flush())
    }
  }, [])
  const keepNow = async () => {
    const error = await work.current.flush()
    // A store that comes up again has it in a moment.
    if (error && error.code !== 'service-restarting') tellFailure(error)
  }
  return {
    value: written ? written.value : value,
    change: (next) => {
      setWritten({ value: next })
      work.current.pending = { value: next }
      clearTimeout(work.current.timer)
      work.current.timer = setTimeout(() => void keepNow(), pauseMs)
    },
    leave: () => void keepNow(),
  }
}

/** The same for a field of text. */
export function useKept(
  value: string,
  keepText: (value: string) => Promise<CallError | null>,
): {
  value: string
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void
  onBlur: () => void
} {
  const kept = useKeptValue(value, keepText)
  return { value: kept.value, onChange: (event) => kept.change(event.target.value), onBlur: kept.leave }
}
