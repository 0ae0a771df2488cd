import type { AppForStore, MailForStore } from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import { Changes } from './changes'
import { Acts } from './conversations/acts'
import { Alarm } from './conversations/alarm'
import { dropCopies } from './file/rotation'
import { salvage } from './file/salvage'
import { finishSettingAside } from './file/set-aside'
import { Upkeep } from './file/upkeep'
import { forgetParts } from './mail/files'
import { SyncBoard } from './mail/sync-status'
import { recoverTransfers } from './mail/transfers'
import { recoverSending } from './outbox/outbox-queue'
import { LogWitness } from './privacy/log-witness'
import { SupportDesk } from './privacy/support-desk'
import { SearchIndex } from './search/search-index'
import { StoreThread } from './store-thread'
import { leaseOf } from './team/lease'
import { TeamService } from './team/service'
import { Workspace } from './workspace'

const log = logger('store')

/** How often it is written down what time it is, and looked whether the team's lease ended, ms. */
const minute = 60_000

/** Everything that lives while the database is open. */
export interface Open {
  readonly workspace: Workspace
  readonly acts: Acts
  readonly board: SyncBoard
  readonly upkeep: Upkeep
  /** Ends snoozes. */
  readonly alarm: Alarm
  readonly index: SearchIndex
  readonly thread: StoreThread
  readonly support: SupportDesk
  readonly witness: LogWitness
  readonly team: TeamService
}

/** What lives in a folder, until it is closed. `created`: nothing was there; `restored`: what a damaged one held was taken over. */
export interface OpenStore {
  readonly dir: string
  readonly open: Open
  readonly created: boolean
  readonly restored: boolean
  /** Ends all that lives here but the sessions of support, and closes the database. */
  close(): void
}

/** Whom the database's life concerns. */
export interface Around {
  readonly mail: () => Rpc<MailForStore> | null
  readonly app: () => Rpc<AppForStore> | null
  readonly committed: (changes: Changes) => void
  readonly sessionEnded: (session: number, why: string) => void
}

/**
 * Opens the database of a folder, or makes it, and starts what lives while it is open.
 * @param threadScript the file that serves as the store's thread; null: its work is done in this one
 * @throws PosternError `store-key`, `store-corrupt`, `store-newer`, `disk-full`, `disk-error`
 */
export function openAll(
  dir: string,
  key: Uint8Array,
  device: Uint8Array,
  threadScript: URL | null,
  around: Around,
): OpenStore {
  dropCopies(dir)
  finishSettingAside(dir)
  let open: Open | null = null
  const touched = (topic: 'team' | 'sync'): void => {
    const changes = new Changes()
    changes.touched(topic)
    around.committed(changes)
  }
  const { workspace, created } = Workspace.open(dir, key, {
    device,
    mail: around.mail,
    app: around.app,
    onCommit: (changes) => {
      around.committed(changes)
      open?.upkeep.committed()
      open?.index.committed(changes.reindexed)
      if (changes.has('access')) open?.witness.tellHead()
    },
  })
  const restored = begin(workspace, dir, key)
  let ended = leaseOf(workspace.db.read, workspace).ended
  const timeKeeper = setInterval(() => {
    keepTime(workspace)
    const now = leaseOf(workspace.db.read, workspace).ended
    if (now !== ended) touched('team')
    ended = now
  }, minute)
  timeKeeper.unref()
  const acts = new Acts(workspace, (mailboxIds) => {
    for (const mailboxId of mailboxIds)
      around
        .mail()
        ?.call('ops.wake', { mailboxId })
        .catch(() => undefined)
  })
  const thread = new StoreThread(dir, key, threadScript)
  const witness = new LogWitness(workspace, {
    tell: (head) => around.app()?.emit({ topic: 'access-head', ...head }),
    verified: () => around.committed(workspace.accessChanged()),
  })
  const all: Open = {
    workspace,
    acts,
    board: new SyncBoard(workspace, around.committed),
    thread,
    upkeep: new Upkeep(workspace, thread),
    alarm: new Alarm(workspace),
    index: new SearchIndex(workspace, dir, key, thread, () => touched('sync')),
    support: new SupportDesk(workspace, dir, {
      sessionEnded: around.sessionEnded,
      headsArrived: () => witness.check(),
    }),
    witness,
    team: new TeamService(workspace, around.committed, (now) => around.app()?.emit({ topic: 'taken-out', erase: now })),
  }
  open = all
  const close = (): void => {
    open = null
    all.upkeep.stop()
    all.alarm.stop()
    all.team.stop()
    all.index.stop()
    all.thread.stop()
    clearInterval(timeKeeper)
    keepTime(workspace)
    forgetParts()
    workspace.db.close()
  }
  return { dir, open: all, created, restored, close }
}

/** Takes up what the last run left. Whoever cannot goes without the database, which is opened anew then. @returns whether a damaged one was taken over */
function begin(workspace: Workspace, dir: string, key: Uint8Array): boolean {
  try {
    const restored = salvage(workspace, dir, key)
    recoverSending(workspace)
    workspace.db.write((tx) => {
      tx.run("DELETE FROM drafts WHERE state = 'discarded'")
      workspace.keepTime(tx)
    })
    // A drive that answers slowly holds no start up.
    recoverTransfers(workspace).catch((fault: unknown) => log.warn('exports were not cleared up', { fault }))
    return restored
  } catch (fault) {
    try {
      workspace.db.close()
    } catch {
      // It is closed all the same; what failed first is what there is to say.
    }
    throw fault
  }
}

/** A disk that takes nothing now is told by what a person does, not by this. */
function keepTime(workspace: Workspace): void {
  try {
    workspace.db.write((tx) => workspace.keepTime(tx), 'normal')
  } catch (fault) {
    log.warn('the time could not be kept', { code: PosternError.from(fault).code })
  }
}
