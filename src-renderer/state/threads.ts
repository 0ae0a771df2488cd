import { asCallError, call } from '../client'
import { t } from '../text'
import { tellDone, tellFailure } from './acts'
import { useList } from './list'
import { openConversation, openConversationId } from './places'
import { isTextField } from './shortcuts'
import { showToast } from './toast'

/** Takes a message, or it and all newer ones, into a conversation of their own; the old one stays on screen. */
export async function splitConversation(messageId: number, which: 'from' | 'one'): Promise<void> {
  try {
    await tellDone(t('threads:splitDone'), call('threads.split', { messageId, which }))
  } catch (thrown) {
    if (asCallError(thrown).code === 'conflict') showToast({ text: t('threads:splitNothing'), kind: 'bad' })
    else tellFailure(thrown)
  }
}

/**
 * Merges conversations, into `into` or else into the one that began first, and shows that one. Undo shows again what was open
 * before, unless somebody went elsewhere since or writes there: what is typed next would go into another conversation.
 */
export async function mergeConversations(ids: readonly number[], into: number | null = null): Promise<boolean> {
  const before = openConversationId()
  let shown: number | null = null
  try {
    const merged = await tellDone(
      t('threads:merged', { count: into === null ? ids.length : 1 }),
      call('threads.merge', { ids: [...ids], into }),
      () => {
        const writes = isTextField(document.activeElement)
        if (shown !== null && openConversationId() === shown && !writes) openConversation(before)
      },
    )
    useList.getState().clearPicks()
    shown = merged.conversationId
    openConversation(shown)
    return true
  } catch (thrown) {
    tellFailure(thrown)
    return false
  }
}

/** A changed subject is no reason to split: it is not asked again. */
export async function keepHere(messageId: number): Promise<void> {
  try {
    await tellDone(t('threads:kept'), call('threads.keep', { messageId }))
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Takes a split or merge back from its line in the thread, however long ago it was. */
export async function undoThreadAct(actId: number): Promise<void> {
  try {
    await call('threads.undo', { actId })
    showToast({ text: t('threads:undone') })
  } catch (thrown) {
    tellFailure(thrown)
  }
}
