import type { Caller } from '../../src-preload/contract/access'
import type { Handlers } from '../../src-preload/contract/internal'
import { getConversation, getCounts, listConversations, messageBody, messageSource, positionOf } from './conversations'
import { getCustomer, suggestAddresses, updateCustomer } from './customers'
import { PosternError } from '../../src-preload/contract/errors'
import { attachFile, detachFile, discardDraft, listDrafts, openDraft, saveDraft, startDraft } from './drafts'
import { imagePart, remoteImage } from './files'
import { allMailboxes, pauseMailbox } from './mailboxes'
import { decide, listOutbox, retry, send, undoSend } from './outbox'
import { search } from './search'
import type { StoreCalls, StoreService } from './service'
import { getSettings, setSettings } from './settings'
import type { Reader } from './database'

/** The functions behind the window's calls, for one caller. Permission has been checked before they run. */
export function windowHandlers(service: StoreService, caller: Caller): Handlers<StoreCalls> {
  const read = (): Reader => service.open.workspace.db.read
  const by = (): string => caller.name || getSettings(read()).agentName
  return {
    'counts.get': () => getCounts(read()),
    'conversations.list': (query) => listConversations(read(), query),
    'conversations.position': (query) => ({ position: positionOf(read(), query) }),
    'conversations.get': ({ id }) => getConversation(read(), id),
    'conversations.setStatus': ({ ids, status }) => service.open.acts.setStatus(ids, status, by()),
    'conversations.setRead': ({ ids, read: seen }) => service.open.acts.setRead(ids, seen),
    'conversations.trash': ({ ids }) => service.open.acts.trash(ids),
    'acts.undo': async ({ undo }) => {
      await service.open.acts.undo(undo)
      return {}
    },

    'messages.body': ({ id }) => messageBody(read(), id),
    'messages.source': ({ id }) => messageSource(read(), id),
    'messages.allowRemote': ({ id }) => {
      service.open.workspace.db.write((tx) => {
        const message = tx.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', id)
        if (!message) throw new PosternError('not-found', 'no such message')
        tx.run('UPDATE messages SET remote_allowed = 1 WHERE id = ?', id)
        if (message.conversation_id !== null) tx.changes.changed('conversations', message.conversation_id)
      })
      return {}
    },
    'messages.remoteImage': ({ id, url }) => remoteImage(service.open.workspace, id, url),
    'attachments.image': ({ id }) => imagePart(service.open.workspace, id),

    'customers.get': ({ id }) => getCustomer(read(), id),
    'customers.update': ({ id, ...change }) => {
      service.open.workspace.db.write((tx) => updateCustomer(tx, id, change))
      return {}
    },
    'customers.suggest': ({ text, limit }) => ({ addresses: suggestAddresses(read(), text, limit) }),

    'drafts.list': () => ({ drafts: listDrafts(read()) }),
    'drafts.get': ({ id }) => openDraft(read(), id),
    'drafts.start': (start) => startDraft(service.open.workspace, start),
    'drafts.save': ({ id, ...content }) => service.open.workspace.db.write((tx) => saveDraft(tx, id, content)),
    'drafts.discard': ({ id }) => service.open.acts.keep(service.open.workspace.db.write((tx) => discardDraft(tx, id))),
    'drafts.attach': ({ id, name, type, bytes }) => service.open.workspace.db.write((tx) => attachFile(tx, id, name, type, bytes)),
    'drafts.detach': ({ id, fileId }) => {
      service.open.workspace.db.write((tx) => detachFile(tx, id, fileId))
      return {}
    },

    'outbox.send': ({ draftId, thenStatus }) => send(service.open.workspace, draftId, thenStatus, by()),
    'outbox.undo': ({ id }) => undoSend(service.open.workspace, id),
    'outbox.list': () => ({ items: listOutbox(read()) }),
    'outbox.retry': ({ id }) => {
      retry(service.open.workspace, id)
      return {}
    },
    'outbox.decide': ({ id, decision }) => {
      decide(service.open.workspace, id, decision)
      return {}
    },

    'search.query': ({ text, offset, limit }) => search(read(), text, offset, limit),

    'mailboxes.list': () => ({ mailboxes: allMailboxes(read()) }),
    'mailboxes.pause': async ({ id, paused }) => {
      pauseMailbox(service.open.workspace, id, paused)
      await service.callApp()?.call('mailbox.changed', { id })
      return {}
    },
    'sync.status': () => service.open.board.status(read()),
    'sync.now': async ({ mailboxId }) => {
      const mail = service.callMail()
      if (!mail) throw new PosternError('service-restarting', 'mail is not there')
      await mail.call('sync.now', { mailboxId })
      return {}
    },
    'settings.get': () => getSettings(read()),
    'settings.set': (values) => {
      service.open.workspace.db.write((tx) => setSettings(tx, values))
      return {}
    },
  }
}
