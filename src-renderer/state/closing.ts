import { ask, call, onEvent, type CallError } from '../client'
import { errorText, t } from '../text'
import { showToast } from './toast'

const againMs = 30_000

const savers = new Set<() => Promise<void>>()
const takers = new Set<() => void>()

/** Registers what must be saved before the window closes (an open draft). Answers with the function that takes it back. */
export function beforeClosing(save: () => Promise<void>): () => void {
  savers.add(save)
  return () => savers.delete(save)
}

/**
 * Registers what takes over what is typed in a field and not part of anything yet (an address in To): before it is saved, since a lock
 * or an end by key leaves no field. Answers with the function that takes it back.
 */
export function beforeKeeping(take: () => void): () => void {
  takers.add(take)
  return () => takers.delete(take)
}

/** Runs each time that the store is there again. Answers with the function that stops it. */
export function onStoreBack(run: () => void): () => void {
  return onEvent(({ topic }) => {
    if (topic === 'store-back') run()
  })
}

/**
 * Saves what its place leaves behind. What the store does not take now it gets when it is there again, or has room, and before the
 * window closes.
 * @param save answers with what stands in the way; null: it is saved
 */
export async function saveLeft(save: () => Promise<CallError | null>): Promise<void> {
  const attempt = async (): Promise<void> => {
    if ((await save()) === null) for (const stop of stops) stop()
  }
  const timer = setInterval(() => void attempt(), againMs)
  const stops = [beforeClosing(attempt), onStoreBack(() => void attempt()), () => clearInterval(timer)]
  const error = await save()
  if (error === null) for (const stop of stops) stop()
  // A store that comes up again has it in a moment.
  else if (error.code !== 'service-restarting')
    showToast({ text: t('common:leftUnsaved', { why: errorText(error) }), kind: 'bad', lastsMs: 10_000 })
}

/** Saves what is being written; what cannot be saved holds nothing up. */
export async function keepAll(): Promise<void> {
  for (const take of takers) take()
  await Promise.allSettled([...savers].map((save) => save()))
}

/** The window was asked to close: everything is saved first. */
export async function closeWindow(): Promise<void> {
  await keepAll()
  await call('app.window', { act: 'ready-to-close' })
}

/**
 * Locks at once, after everything is saved. Where nothing would be asked for afterwards, `cannot` is run instead and told whether
 * there is a mailbox. Before the store is open there is nothing to lock.
 */
export async function lockWindow(cannot: (hasMail: boolean) => void): Promise<void> {
  const { phase, canLock, filled } = await ask('app.state', {})
  if (phase !== 'ready') return
  if (!canLock) return cannot(filled)
  await keepAll()
  return void (await call('app.lock', {}))
}
