import type { replyCalls } from '../../../src-preload/contract/calls/replies'
import { attachFile, detachFile, discardDraft, listDrafts, openDraft, saveDraft, startDraft } from '../drafts'
import { decide, listOutbox, retry, send, undoSend } from '../outbox'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Drafts and the outbox. */
export function replies(service: StoreService, by: () => string): Handlers<typeof replyCalls> {
  return {
    'drafts.list': () => ({ drafts: listDrafts(service.read) }),
    'drafts.get': ({ id }) => openDraft(service.read, id),
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
    'outbox.list': () => ({ items: listOutbox(service.read) }),
    'outbox.retry': ({ id }) => {
      retry(service.open.workspace, id)
      return {}
    },
    'outbox.decide': ({ id, decision }) => {
      decide(service.open.workspace, id, decision)
      return {}
    },
  }
}
