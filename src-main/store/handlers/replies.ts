import type { replyCalls } from '../../../src-preload/contract/calls/replies'
import { attachFile, detachFile, discardDraft, listDrafts, openDraft, saveDraft, startDraft } from '../outbox/drafts'
import { decide, discardSend, giveUpRest, reschedule, retry, sendAnyway, sendToNote, undoSend } from '../outbox/outbox'
import { listOutbox } from '../outbox/outbox-rows'
import { send } from '../outbox/send'
import { rebase } from '../outbox/since'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Drafts and the outbox. */
export function replies(service: StoreService, by: () => string): Handlers<typeof replyCalls> {
  return {
    'drafts.list': () => ({ drafts: listDrafts(service.read) }),
    'drafts.get': ({ id }) => openDraft(service.read, id),
    'drafts.start': (start) => startDraft(service.open.workspace, start),
    'drafts.save': ({ id, ...content }) => service.open.workspace.db.write((tx) => saveDraft(tx, id, content)),
    'drafts.discard': ({ id }) =>
      service.open.acts.keep(service.open.workspace.db.write((tx) => discardDraft(tx, service.open.workspace, id))),
    'drafts.rebase': ({ id }) => {
      service.open.workspace.db.write((tx) => {
        openDraft(tx, id)
        rebase(tx, id)
      })
      return {}
    },
    'drafts.attach': ({ id, name, type, bytes }) =>
      service.open.workspace.db.write((tx) => attachFile(tx, id, name, type, bytes)),
    'drafts.detach': ({ id, fileId }) => {
      service.open.workspace.db.write((tx) => detachFile(tx, id, fileId))
      return {}
    },
    'outbox.send': (choice) => send(service.open.workspace, choice, by()),
    'outbox.undo': ({ id }) => undoSend(service.open.workspace, id),
    'outbox.list': () => ({ items: listOutbox(service.read) }),
    'outbox.retry': ({ id }) => {
      retry(service.open.workspace, id)
      return {}
    },
    'outbox.sendAnyway': ({ id }) => {
      sendAnyway(service.open.workspace, id, by())
      return {}
    },
    'outbox.reschedule': ({ id, sendAt, unlessAnswered }) => {
      reschedule(service.open.workspace, id, sendAt, unlessAnswered)
      return {}
    },
    'outbox.toNote': ({ id }) =>
      service.open.acts.keep(service.open.workspace.db.write((tx) => sendToNote(tx, service.open.workspace, id, by()))),
    'outbox.discard': ({ id }) =>
      service.open.acts.keep(service.open.workspace.db.write((tx) => discardSend(tx, service.open.workspace, id))),
    'outbox.giveUpRest': ({ id }) => {
      giveUpRest(service.open.workspace, id)
      return {}
    },
    'outbox.decide': ({ id, decision }) => {
      decide(service.open.workspace, id, decision)
      return {}
    },
  }
}
