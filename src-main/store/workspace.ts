import { randomBytes } from 'node:crypto'
import type { AppForStore, MailForStore } from '../../src-preload/contract/internal'
import { CorrectedClock } from '../crypto/clock'
import { AccessLog } from './privacy/access-log'
import { DeviceKeys } from '../crypto/device-keys'
import type { Rpc } from '../shared/port-rpc'
import { Database, type Writer } from './file/database'
import { Changes } from './changes'
import { noteJournalDamage } from './file/journal-damage'
import { KeyHash, makeHashKey, MessageIds, noteNew } from './file/keys'
import { ownAddresses } from './outbox/identities'
import { TeamLog } from './team/log'
import { Turns } from './turns'
import { Presence } from './team/presence'
import { Wants } from './team/wants'

export interface WorkspacePorts {
  /** 64 bytes of the keychain; never written down here (crypto/device-keys). */
  readonly device: Uint8Array
  readonly mail: () => Rpc<MailForStore> | null
  readonly app: () => Rpc<AppForStore> | null
  readonly onCommit: (changes: Changes) => void
}

/** The open database and what is derived from it; every function of the store gets this. */
export class Workspace {
  hashes: KeyHash
  readonly messageIds = new MessageIds()
  /** When long work lets the windows' questions through. */
  readonly turns = new Turns()
  private ownKeys: ReadonlySet<string> | null = null
  /** The ports to the other processes; null while one is not there. */
  readonly mail: WorkspacePorts['mail']
  readonly app: WorkspacePorts['app']
  /** The keys of this installation: its name in the team, its signature. */
  readonly device: DeviceKeys
  /** Time that cannot be set back; for ends and deadlines that must hold. */
  readonly clock: CorrectedClock
  readonly team: TeamLog
  /** Who else is here, as far as it was heard. */
  readonly presence: Presence
  /** What of the team's log is missing here, and who was asked for it. */
  readonly wants: Wants
  /** Who looked, and every act about access; append-only. */
  readonly accessLog: AccessLog
  /** Days without the team that policy allows at most; null: it says nothing. */
  policyLeaseDays: number | null = null
  /** Another console told where its access log stands; whoever checks that takes it down again. */
  headsArrived = false
  /** Grants up to this one do not stand: the database is an older copy, in which they may not be ended yet; 0: none. */
  doubtedGrants = 0
  /** Files that people save and that are being written now (`file/whole-file`). */
  readonly parts = new Set<string>()
  private teamWork: () => void = () => undefined

  /** For `open`, and for a database that is not a file. */
  constructor(
    readonly db: Database,
    ports: Omit<WorkspacePorts, 'onCommit'>,
    clock?: CorrectedClock,
  ) {
    this.mail = ports.mail
    this.app = ports.app
    this.device = new DeviceKeys(ports.device)
    db.write((tx) => {
      if (makeHashKey(tx, randomBytes(32).toString('base64'))) noteNew(tx)
    })
    this.hashes = KeyHash.of(db.read)
    this.clock =
      clock ??
      new CorrectedClock(
        Number(db.read.get<{ value: string }>("SELECT value FROM meta WHERE key = 'time_seen'")?.value ?? 0),
      )
    this.team = new TeamLog(this)
    this.presence = new Presence(this)
    this.wants = new Wants(this)
    this.accessLog = new AccessLog(this.device, this.clock)
  }

  static open(dir: string, key: Uint8Array, ports: WorkspacePorts): { workspace: Workspace; created: boolean } {
    const { database, created, journalDamaged } = Database.open(dir, key, ports.onCommit)
    const workspace = new Workspace(database, ports)
    if (journalDamaged) database.write((tx) => noteJournalDamage(tx, Date.now()))
    return { workspace, created }
  }

  /** Keeps the latest time that was seen, so that a clock set back while the program was closed is noticed (R55). */
  keepTime(tx: Writer): void {
    tx.run(
      "INSERT INTO meta(key, value) VALUES('time_seen', ?1) ON CONFLICT DO UPDATE SET value = ?1",
      String(this.clock.now()),
    )
  }

  /** Says that what stands about access is to be asked again, without a write. */
  accessChanged(): Changes {
    const changes = new Changes()
    changes.touched('access')
    return changes
  }

  /** Who is told that an event was recorded here and wants to reach the team. */
  onTeamWork(listener: () => void): void {
    this.teamWork = listener
  }
  noteTeamWork(): void {
    this.teamWork()
  }

  /** Keys of all addresses of the mailboxes, aliases too: mail from one of them is ours. */
  get own(): ReadonlySet<string> {
    this.ownKeys ??= new Set(ownAddresses(this.db.read))
    return this.ownKeys
  }

  /** Takes over the hash key of a database whose thread ids are taken over; before any message is stored. */
  replaceHashKey(value: string): void {
    this.db.write((tx) => tx.run("UPDATE meta SET value = ? WHERE key = 'hash_key'", value))
    this.hashes = KeyHash.of(this.db.read)
  }

  mailboxesChanged(): void {
    this.ownKeys = null
  }
}

/** Lets waiting calls and events be served between two pieces of long work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
