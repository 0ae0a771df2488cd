import type { teamForMail } from '../../../src-preload/contract/internal/team'
import type { Handlers, StoreForApp, StoreForMail } from '../../../src-preload/contract/internal'
import { diagnosticsText } from '../privacy/diagnostics'
import { agent } from '../privacy/access-log'
import { mayDo } from '../access'
import { mustErase } from '../team/hand-over'
import { requireLease } from '../team/lease'
import { formerOf, noteTried } from '../team/revoking'
import { ownPermissions } from '../team/roles'
import { teamInfo } from '../team/team-info'
import { attachmentInfo, writeAttachment } from '../mail/files'
import { exportLog } from '../privacy/access-export'
import { exportLedger, recordContacts } from '../privacy/ledger'
import { applyFlags, vanish } from '../mail/flags'
import {
  allFolders,
  folderChecked,
  foldersCounted,
  knownUids,
  renameFolder,
  resetFolder,
  sampleFolder,
  syncFolders,
} from '../mail/folders'
import { setIdentity } from '../outbox/set-identity'
import { lastSeen } from '../last-seen'
import { depthInForce, keepDepth, mailboxesInForce } from '../mail/depth-in-force'
import { createMailbox, pauseMailbox, updateMailbox } from '../mail/mailboxes'
import { ingestPage } from '../mail/messages'
import { beginExport } from '../mail/export'
import { completeAt, partialUids, setDepth } from '../mail/parts'
import { endImport, importPage } from '../mail/import-page'
import { beginImport, nextImport, pathOf } from '../mail/transfers'
import {
  claim,
  composed,
  ending,
  lookedInVain,
  reached,
  nextCopy,
  settle,
  settleCopy,
  uncertainJobs,
} from '../outbox/outbox-queue'
import { putIdentities } from '../team/project-identities'
import { nextMove, settleMailboxMove } from '../conversations/move-mailbox'
import { reattach } from '../mail/reattach'
import { hideMailbox } from '../mail/removal'
import { nextOps, settleOp, waitingOps } from '../mail/server-ops'
import type { StoreService } from '../service'
import { getSettings, setSettings, storedSettings } from '../settings'
import type { Workspace } from '../workspace'
import { letGo } from '../../shared/bytes'
import { unpackPage } from '../../shared/page-bytes'

/** What app may ask of the store. */
export function appHandlers(service: StoreService): Handlers<StoreForApp> {
  const workspace = (): Workspace => service.open.workspace
  /** For what app does because somebody at the window asks for it: the lease holds for that as for the window's own calls. */
  const withinLease = (): Workspace => {
    const open = workspace()
    requireLease(open)
    return open
  }
  return {
    'access.allowed': ({ permission }) => ({
      allowed: mayDo({ kind: 'agent', name: '' }, permission, ownPermissions(service.read, workspace().device.id)),
    }),
    'store.open': ({ dir, key, device }) => {
      try {
        return service.openStore(dir, key, device)
      } finally {
        key.fill(0)
        device.fill(0)
      }
    },
    'store.rotate': async ({ dir, key, next }) => {
      try {
        await service.rotateKey(dir, key, next)
      } finally {
        key.fill(0)
        next.fill(0)
      }
      return {}
    },
    'store.lastSeen': async () => ({ seen: await lastSeen(service) }),
    'store.close': () => {
      service.closeStore()
      return {}
    },
    'mailbox.create': ({ settings, depth }) => {
      const made = createMailbox(workspace(), settings)
      if (!made.existed) setDepth(workspace(), made.id, depthInForce(service.open, made.id, depth))
      return made
    },
    'mailbox.update': ({ id, settings }) => {
      updateMailbox(workspace(), id, settings)
      return {}
    },
    'mailbox.remove': ({ id }) => {
      hideMailbox(workspace(), id)
      service.open.board.forget(id)
      service.open.upkeep.removalWaits()
      return {}
    },
    'mailbox.all': () => ({ mailboxes: mailboxesInForce(service.open) }),
    'team.former': () => {
      const { db, clock } = workspace()
      return {
        mailboxId: teamInfo(db.read)?.mailboxId ?? null,
        people: [...formerOf(db.read, 'member'), ...formerOf(db.read, 'device')].map(
          ([whose, { since, certain, tried }]) => ({
            whose,
            since,
            certain,
            open: tried?.came !== 'refused',
          }),
        ),
        now: clock.now(),
      }
    },
    'team.tried': ({ whose, tried }) => {
      workspace().db.write((tx) => noteTried(tx, whose, tried))
      return {}
    },
    'mailbox.identity': ({ id, identity }) => {
      workspace().db.write((tx) => {
        setIdentity(tx, workspace(), id, identity, false)
        putIdentities(tx, workspace())
      })
      return {}
    },
    'mailbox.depth': ({ id, depth }) => {
      setDepth(workspace(), id, depthInForce(service.open, id, depth))
      return {}
    },
    'mailbox.pause': ({ id, paused }) => {
      pauseMailbox(workspace(), id, paused)
      return {}
    },
    'settings.set': (values) => {
      workspace().db.write((tx) => setSettings(tx, values))
      return {}
    },
    'settings.get': () => storedSettings(workspace().db.read),
    'policy.set': (state) => {
      service.open.support.setPolicy(state)
      keepDepth(service.open, (id) => {
        // Where mail is not up yet, it reads all mailboxes when it is.
        void service
          .callApp()
          ?.call('mailbox.changed', { id })
          .catch(() => undefined)
      })
      service.tellNetworkRules()
      service.troubleshootingChanged()
      return {}
    },
    'access.marks': ({ marks }) => ({ holds: service.open.witness.setMarks(marks) }),
    'access.unlocked': ({ by, refused }) => {
      const { accessLog, db } = workspace()
      db.write((tx) =>
        accessLog.append(tx, { who: agent(getSettings(tx).agentName), act: 'unlocked', detail: { by, refused } }),
      )
      return {}
    },
    'support.challenge': ({ card }) => ({ challenge: service.open.support.challenge(card) }),
    'support.signIn': ({ challenge, answer, key }) => {
      try {
        const { session, name } = service.open.support.signIn(challenge, answer, key)
        return { session, name }
      } finally {
        key.fill(0)
      }
    },
    'support.end': ({ session }) => {
      service.open.support.endSession(session, 'ended-by-staff')
      return {}
    },
    'accessLog.export': ({ path, proofPath, by }) => exportLog(withinLease(), path, proofPath, by),
    'report.text': () => {
      const { accessLog, db } = withinLease()
      db.write((tx) =>
        accessLog.append(tx, {
          who: agent(getSettings(tx).agentName),
          act: 'report-made',
        }),
      )
      return {
        text: [diagnosticsText(db.read, service.open), ...service.timings.lines()].join('\n'),
        on: service.isTroubleshooting,
      }
    },
    'network.refused': (contact) => {
      service.connectionRefused(contact)
      return {}
    },
    'ledger.export': () => ({ text: exportLedger(withinLease().db.read) }),
    'transfer.import': ({ paths, name, target }) => beginImport(withinLease(), paths, name, target),
    'transfer.export': ({ dir, scope, format }) => beginExport(withinLease(), dir, scope, format),
    'transfer.path': ({ id }) => pathOf(withinLease().db.read, id),
    'attachment.info': ({ id }) => attachmentInfo(withinLease().db.read, id),
    'attachment.write': async ({ id, path, overwrite }) => {
      await writeAttachment(withinLease(), id, path, overwrite)
      return {}
    },
  }
}

/** What mail may ask of the store. */
export function mailHandlers(service: StoreService): Handlers<StoreForMail> {
  const workspace = (): Workspace => service.open.workspace
  const team = (): Handlers<typeof teamForMail> => service.open.team.forMail
  return {
    'team.link': (input) => team()['team.link'](input),
    'team.outgoing': (input) => team()['team.outgoing'](input),
    'team.sent': (input) => team()['team.sent'](input),
    'team.known': (input) => team()['team.known'](input),
    'team.arrived': (input) => team()['team.arrived'](input),
    'team.folder': (input) => team()['team.folder'](input),
    'team.time': (input) => team()['team.time'](input),
    'team.status': (input) => team()['team.status'](input),
    'mailboxes.all': () => ({ mailboxes: mailboxesInForce(service.open) }),
    'folders.sync': ({ mailboxId, folders, labels, keep }) =>
      syncFolders(workspace(), mailboxId, folders, labels, keep),
    'folders.all': ({ mailboxId }) => allFolders(workspace().db.read, mailboxId),
    'folder.reset': ({ folderId, uidValidity }) => resetFolder(workspace(), folderId, uidValidity),
    'folder.known': ({ folderId, uidValidity, fromUid, toUid }) =>
      knownUids(workspace().db.read, folderId, uidValidity, fromUid, toUid),
    'folder.reattach': (found) => reattach(workspace(), found),
    'ingest.page': async (packed) => {
      const page = unpackPage(packed)
      const { stored, role } = await ingestPage(workspace(), page)
      // Its first page, or news: somebody may wait for it.
      const whereMailComes = role === 'inbox' || role === 'all'
      if (whereMailComes && page.cursor.highUid !== undefined && stored > 0) service.tellNow()
      // The index still has their words.
      const kept = new Set(page.items.map(({ message }) => message.words?.buffer))
      for (const { message } of page.items) if (!kept.has(message.body.buffer)) letGo(message.body)
      if (page.backfill) await workspace().turns.giveWay()
      await service.open.index.room()
      await service.open.upkeep.room()
      return { stored, asked: workspace().turns.areAsked }
    },
    'flags.apply': (changes) => applyFlags(workspace(), changes),
    'folder.vanished': ({ folderId, uidValidity, uids }) => vanish(workspace(), folderId, uidValidity, uids),
    'folder.checked': (check) => folderChecked(workspace(), check),
    'folders.counted': ({ counts, at }) => foldersCounted(workspace(), counts, at),
    'folder.renamed': ({ folderId, path, delimiter }) => {
      renameFolder(workspace(), folderId, path, delimiter)
      return {}
    },
    'folder.sample': ({ folderId, limit }) => sampleFolder(workspace().db.read, folderId, limit),
    'progress.set': (progress) => {
      service.open.board.set(progress)
      return {}
    },
    'ops.next': ({ mailboxId, limit, after }) => nextOps(workspace(), mailboxId, limit, after),
    'ops.waiting': ({ mailboxId, except }) => ({ count: waitingOps(workspace().db.read, mailboxId, except) }),
    'ops.settle': (result) => {
      settleOp(workspace(), result)
      return {}
    },
    // What has not left a computer that is erased was handed over; it must not go twice.
    'outbox.claim': (asked) =>
      mustErase(workspace().db.read) ? { job: null, nextDueAt: null, look: null } : claim(workspace(), asked),
    'outbox.composed': ({ id, raw, message }) => {
      composed(workspace(), id, raw, message)
      return {}
    },
    'parts.next': ({ folderId, since, largest, limit }) =>
      partialUids(workspace().db.read, folderId, since, largest, limit),
    'parts.complete': ({ folderId, uidValidity, uid, message }) => {
      completeAt(workspace(), folderId, uidValidity, uid, message)
      return {}
    },
    'imports.next': () => nextImport(workspace().db.read),
    'import.page': async (page) => {
      const answer = await importPage(workspace(), unpackPage(page))
      await service.open.index.room()
      return answer
    },
    'import.end': ({ id, error }) => {
      if (endImport(workspace(), id, error?.code ?? null)) service.open.upkeep.removalWaits()
      return {}
    },
    'outbox.ending': ({ id, attempt }) => {
      ending(workspace(), id, attempt)
      return {}
    },
    'outbox.settle': (outcome) => {
      settle(workspace(), outcome)
      return {}
    },
    'network.record': ({ contacts }) => {
      // Kept without waiting for the disk: a power cut may lose the last seconds of counters, never rows of days before.
      workspace().db.write((tx) => recordContacts(tx, contacts), 'normal')
      return {}
    },
    'outbox.reached': ({ mailboxId }) => {
      reached(workspace(), mailboxId)
      return {}
    },
    'outbox.lookedInVain': ({ id }) => {
      lookedInVain(workspace(), id)
      return {}
    },
    'copies.next': ({ mailboxId, except }) => nextCopy(workspace(), mailboxId, except),
    'moves.next': ({ mailboxId, except }) => nextMove(workspace().db.read, mailboxId, except),
    'moves.settle': ({ id, mailboxId, done, rests }) => {
      settleMailboxMove(workspace(), id, mailboxId, done, rests)
      return {}
    },
    'copies.settle': ({ id, done, rests }) => {
      settleCopy(workspace(), id, done, rests)
      return {}
    },
    'outbox.uncertain': ({ mailboxId }) => uncertainJobs(workspace(), mailboxId),
  }
}
