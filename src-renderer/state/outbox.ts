import type { Conversation, OutboxItem, OutboxState } from '../../src-preload/contract'
import { unreachableCodes } from '../../src-preload/contract/unreachable'
import { call } from '../client'
import { errorText, t } from '../text'
import { namesOf } from '../text/correspondents'
import { comingTime } from '../text/time'
import { tellDone, tried } from './acts'
import { meanDraft } from './meant-draft'
import { goNewMessage, openConversation } from './places'
import { showToast } from './toast'

/** How an item stands, in a few words, and how loud they are. */
export interface OutboxWords {
  text: string
  kind: '' | 'warn' | 'bad'
}

const kinds = { queued: '', held: 'warn', sending: '', sent: '', uncertain: 'warn', failed: 'bad' } as const

/** What is true of all that stand so for this reason. */
export function outboxWords(state: OutboxState, error: string | null): OutboxWords {
  const asked = state === 'queued' && error !== null && !unreachableCodes.has(error)
  return { text: t(asked ? 'sending:state.putOff' : `sending:state.${state}`), kind: kinds[state] }
}

/** The same of one item: until when, for how many, and whether its mailbox is paused. */
export function outboxState(item: OutboxItem, now: number, paused = false): OutboxWords {
  const words = outboxWords(item.state, item.error)
  if (item.state === 'uncertain' && item.looking) return { text: t('sending:state.looking'), kind: '' }
  if (item.state !== 'queued') return words
  const time = comingTime(item.dueAt, now)
  if (item.error === 'rate-limited') return { ...words, text: t('sending:state.rateLimited', { time }) }
  if (item.left) return { text: t('sending:state.later', { count: item.left.length }), kind: 'warn' }
  if (item.scheduled && item.dueAt > now) return { ...words, text: t('sending:state.scheduled', { time }) }
  if (paused) return { text: t('sending:state.paused'), kind: 'warn' }
  return item.error === null && now < item.dueAt + 2_000 ? { ...words, text: t('sending:state.soon') } : words
}

/** A sentence about why it stands so; empty when there is nothing to say. */
export function outboxWhy(item: OutboxItem): string {
  const names = (item.left ?? []).slice(0, 5).join(', ')
  if (item.state === 'uncertain') {
    if (item.left) return t('sending:why.uncertainRest', { names })
    return t(item.looking ? 'sending:why.looking' : 'sending:why.uncertain')
  }
  if (item.error === 'rate-limited') return t('sending:why.rateLimited')
  if (item.left && item.state === 'queued') return t('sending:why.later', { count: item.left.length, names })
  if (item.error === null || item.state === 'sending') return ''
  const why = unreachableCodes.has(item.error) ? unreached(item) : errorText({ code: item.error })
  return item.waitsFor === null ? why : t('sending:why.otherMailbox', { name: item.waitsFor, why })
}

/** A server that is not reached is told as the chip tells it; where to look belongs to one that others do reach. */
const unreached = ({ error, waitsFor }: OutboxItem): string =>
  waitsFor === null && (error === 'connection-refused' || error === 'host-not-found')
    ? `${t('sending:why.unreached')} ${t('sending:why.checkServer')}`
    : t('sending:why.unreached')

/** What is told wherever the person is: that it waits for a decision of theirs; null while it does not. */
export function stoppedText({ state, looking, subject }: OutboxItem): string | null {
  if ((state !== 'failed' && state !== 'held' && state !== 'uncertain') || looking) return null
  return t(`sending:announce.${state}`, { subject: subject || t('common:noSubject') })
}

/** What is told once when servers refused somebody of a message that left; null when it got to everybody after all. */
export function undeliveredText({ deliveries, subject }: Pick<Conversation, 'deliveries' | 'subject'>): string | null {
  const failed = deliveries.filter(({ action }) => action === 'failed').toSorted((a, b) => b.at - a.at)
  const who = failed.filter(({ messageId }) => messageId === failed[0]?.messageId)
  if (who.length === 0) return null
  const names = namesOf(who.map(({ recipient }) => ({ name: '', address: recipient })))
  return t('sending:announce.undelivered', { names, subject: subject || t('common:noSubject') })
}

export const sendAnyway = (item: OutboxItem) => tried(() => call('outbox.sendAnyway', { id: item.id }))
export const retry = (item: OutboxItem) => tried(() => call('outbox.retry', { id: item.id }))
export const decide = (item: OutboxItem, decision: 'arrived' | 'send-again') =>
  tried(() => call('outbox.decide', { id: item.id, decision }))
export const giveUpRest = (item: OutboxItem) => tried(() => call('outbox.giveUpRest', { id: item.id }))
export const toNote = (item: OutboxItem) =>
  tried(() => tellDone(t('sending:done.note'), call('outbox.toNote', { id: item.id })))
export const discard = (item: OutboxItem) =>
  tried(() => tellDone(t('sending:done.discarded'), call('outbox.discard', { id: item.id })))
export const reschedule = (item: OutboxItem, sendAt: number | null, unlessAnswered: boolean) =>
  tried(() => call('outbox.reschedule', { id: item.id, sendAt, unlessAnswered }))

/** Takes a message back to its draft and opens that. */
export const takeBack = (item: OutboxItem, inList: boolean) =>
  tried(async () => {
    const { draftId, conversationId } = await call('outbox.undo', { id: item.id })
    showToast({ text: t(inList ? 'sending:done.tookBackList' : 'sending:done.tookBack') })
    if (conversationId === null) return goNewMessage(draftId)
    // of several drafts that the conversation may have
    meanDraft({ conversationId, draftId })
    if (inList) openConversation(conversationId, 'outbox')
  })

export interface OutboxAct {
  label: string
  danger?: boolean
  run: () => void
}

/** What a person can do about an item: the first ones as buttons, the others in a menu. */
export function outboxActs(
  item: OutboxItem,
  inList: boolean,
  askTime: () => void,
): { buttons: OutboxAct[]; more: OutboxAct[] } {
  const edit = { label: t('sending:acts.edit'), run: () => void takeBack(item, inList) }
  const note = { label: t('sending:acts.toNote'), run: () => void toNote(item) }
  const away = { label: t('sending:acts.discard'), danger: true, run: () => void discard(item) }
  const again = { label: t('sending:acts.retry'), run: () => void retry(item) }
  const rest = { label: t('sending:acts.giveUp'), run: () => void giveUpRest(item) }
  switch (item.state) {
    case 'held': {
      const anyway = { label: t('sending:acts.sendAnyway'), run: () => void sendAnyway(item) }
      return inList
        ? { buttons: [anyway, edit], more: [note, away] }
        : { buttons: [anyway, edit, note, away], more: [] }
    }
    case 'failed':
      return item.left ? { buttons: [again, rest], more: [] } : { buttons: [again, edit], more: [note, away] }
    case 'uncertain':
      return {
        buttons: [
          { label: t('sending:acts.arrived'), run: () => void decide(item, 'arrived') },
          { label: t('sending:acts.sendAgain'), run: () => void decide(item, 'send-again') },
        ],
        more: [],
      }
    case 'queued': {
      if (item.left) return { buttons: [again, rest], more: [] }
      const unchecked =
        item.error !== null && item.error !== 'rate-limited' && item.unlessAnswered
          ? [{ label: t('sending:acts.unchecked'), run: () => void sendAnyway(item) }]
          : []
      if (!item.scheduled)
        return { buttons: [edit], more: [...unchecked, ...(item.error === null ? [] : [again]), away] }
      const now = { label: t('sending:acts.sendNow'), run: () => void reschedule(item, null, item.unlessAnswered) }
      const time = { label: t('sending:acts.changeTime'), run: askTime }
      return inList
        ? { buttons: [time, edit], more: [now, ...unchecked, away] }
        : { buttons: [time, now, edit], more: [...unchecked, away] }
    }
    case 'sending':
    case 'sent':
      return { buttons: [], more: [] }
  }
}
