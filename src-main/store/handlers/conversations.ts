import type { conversationCalls } from '../../../src-preload/contract/calls/conversations'
import { getConversation } from '../conversations/conversations'
import { getCounts, listConversations, listView, positionInView, positionOf } from '../conversations/conversation-list'
import { moveToMailbox } from '../conversations/move-mailbox'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** The list, one conversation, and acts on them. */
export function conversations(service: StoreService, by: () => string): Handlers<typeof conversationCalls> {
  const me = (): string => service.open.workspace.device.id
  return {
    'counts.get': () => getCounts(service.read, me()),
    'conversations.list': ({ saved, ...query }) =>
      saved === null
        ? listConversations(service.read, query, me())
        : listView(service.read, { ...query, saved }, me(), service.open.index),
    'conversations.position': async ({ saved, ...query }) => ({
      position:
        saved === null
          ? positionOf(service.read, query, me())
          : await positionInView(service.read, { ...query, saved }, me(), service.open.index),
    }),
    'conversations.get': ({ id }) => getConversation(service.read, id, me()),
    'conversations.setStatus': ({ ids, status }) => service.open.acts.setStatus(ids, status, by()),
    'conversations.setRead': ({ ids, read: seen }) => service.open.acts.setRead(ids, seen),
    'conversations.trash': ({ ids }) => service.open.acts.trash(ids),
    'conversations.move': ({ ids, mailboxId }) =>
      moveToMailbox(service.open.acts, service.open.workspace, ids, mailboxId, by()),
    'acts.undo': ({ undo }) => service.open.acts.undo(undo),
  }
}
