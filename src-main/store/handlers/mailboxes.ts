import type { mailboxCalls } from '../../../src-preload/contract/calls/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import { chooseIdentity, identityConflicts, setIdentity } from '../outbox/set-identity'
import { depthInForce, mailboxesInForce } from '../mail/depth-in-force'
import { pauseMailbox } from '../mail/mailboxes'
import { usedOf } from '../mail/mailbox-use'
import { sendingFacts } from '../outbox/send-limits'
import { freeable } from '../mail/free'
import { setDepth, usageOf } from '../mail/parts'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Mailboxes and their sync. */
export function mailboxes(service: StoreService): Handlers<typeof mailboxCalls> {
  return {
    'mailboxes.list': () => ({ mailboxes: mailboxesInForce(service.open) }),
    'mailboxes.sending': ({ id }) => sendingFacts(service.read, id),
    'mailboxes.used': () => ({ used: usedOf(service.read) }),
    'mailboxes.pause': async ({ id, paused }) => {
      pauseMailbox(service.open.workspace, id, paused)
      await service.callApp()?.call('mailbox.changed', { id })
      return {}
    },
    'mailboxes.setPersonal': ({ id, ...change }) =>
      service.open.acts.keep(
        service.open.workspace.db.write((tx) => setIdentity(tx, service.open.workspace, id, change)),
      ),
    'mailboxes.setIdentity': ({ id, ...change }) =>
      service.open.acts.keep(
        service.open.workspace.db.write((tx) => setIdentity(tx, service.open.workspace, id, change)),
      ),
    'mailboxes.conflicts': () => ({ conflicts: identityConflicts(service.read) }),
    'mailboxes.choose': ({ id, choice }) =>
      service.open.acts.keep(
        service.open.workspace.db.write((tx) => chooseIdentity(tx, service.open.workspace, id, choice)),
      ),
    'mailboxes.freeable': ({ id, depth }) =>
      freeable(service.open.workspace, id, depthInForce(service.open, id, depth)),
    'mailboxes.setDepth': async ({ id, depth, free }) => {
      setDepth(service.open.workspace, id, depthInForce(service.open, id, depth), free)
      if (free) service.open.upkeep.removalWaits()
      await service.callApp()?.call('mailbox.changed', { id })
      return {}
    },
    'mailboxes.usage': ({ id }) => usageOf(service.open.workspace, id),
    'sync.status': () => service.open.board.status(service.read),
    'sync.now': async ({ mailboxId }) => {
      const mail = service.callMail()
      if (!mail) throw new PosternError('service-restarting', 'mail is not there')
      await mail.call('sync.now', { mailboxId })
      return {}
    },
  }
}
