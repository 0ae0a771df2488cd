import type { CallInput, CallOutput, DraftContent, SyncStatus } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { tellFailure } from '../state/acts'
import { useList } from '../state/list'
import { meanDraft } from '../state/meant-draft'
import { goNewMessage, openConversation } from '../state/places'
import { showToast, type ToastInput } from '../state/toast'
import { errorText, t } from '../text'
import { comingTime } from '../text/time'

type Then = CallInput<'outbox.send'>['thenStatus']

/** Where the caret was in a message that was sent, to put it back when the send is taken back. */
const carets = new Map<number, { from: number; to: number }>()
/** The draft that gets the focus when it appears. */
let wanted: number | null = null

export function rememberCaret(draftId: number, caret: { from: number; to: number }): void {
  carets.set(draftId, caret)
}

/** The caret for a draft that came back, once; null when it did not come back just now. */
export function takeCaret(draftId: number): { from: number; to: number } | null {
  if (wanted !== draftId) return null
  wanted = null
  return carets.get(draftId) ?? { from: 1, to: 1 }
}

async function takeBack(outboxId: number): Promise<void> {
  try {
    const { draftId, conversationId } = await call('outbox.undo', { id: outboxId })
    wanted = draftId
    if (conversationId === null) goNewMessage(draftId)
    else {
      // of several drafts that it may have
      meanDraft({ conversationId, draftId })
      openConversation(conversationId)
    }
    showToast({ text: t('composer:sent.tookBack'), lastsMs: 3000 })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function nameOf({ to, cc, bcc }: Pick<DraftContent, 'to' | 'cc' | 'bcc'>): string {
  const [first, ...rest] = [...to, ...cc, ...bcc]
  const one = first?.name || first?.address || ''
  return rest.length > 0 ? t('composer:sent.many', { name: one, count: rest.length }) : one
}

/** What is said of a message that did not become one, to whoever looks elsewhere by now. */
export const notSentText = (content: Pick<DraftContent, 'to' | 'cc' | 'bcc'>, error: CallError): string =>
  t('composer:sent.not', { name: nameOf(content), why: errorText(error) })

/** What is said of a message that is on its way, with Undo for as long as it has not begun to leave. */
export function sentToast(
  queued: CallOutput<'outbox.send'>,
  content: Pick<DraftContent, 'to' | 'cc' | 'bcc'>,
  offline: boolean,
  scheduled: boolean,
): ToastInput {
  if (queued.state === 'held') return { text: t('sending:done.held') }
  if (scheduled) {
    return {
      text: t('sending:done.scheduled', { time: comingTime(queued.dueAt, Date.now()) }),
      undo: () => takeBack(queued.outboxId),
    }
  }
  const lastsMs = queued.dueAt - Date.now()
  const text = t(offline ? 'composer:sent.toastOffline' : 'composer:sent.toast', { name: nameOf(content) })
  return lastsMs < 500 ? { text } : { text, lastsMs, undo: () => takeBack(queued.outboxId) }
}

/** Moves on in the list when the sent message changed the status of its conversation. Call before sending; then what it answers. */
export function leavingFor(conversationId: number | null, then: Then): () => void {
  if (conversationId === null) return () => undefined
  const leaving = useList.getState().leaving([conversationId], then)
  return () => void leaving()
}

export function isOffline(sync: SyncStatus | undefined): boolean {
  return sync?.overall === 'offline'
}
