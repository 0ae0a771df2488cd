import { randomBytes } from 'node:crypto'
import type { AppForStore, MailForStore } from '../../src-preload/contract/internal'
import type { Rpc } from '../shared/port-rpc'
import { Database } from './database'
import type { Changes } from './changes'
import { KeyHash, makeHashKey, MessageIds } from './keys'
import { addressKey } from './rows'

/** The open database and what is derived from it; every function of the store gets this. */
export class Workspace {
  hashes: KeyHash
  readonly messageIds = new MessageIds()
  private ownKeys: ReadonlySet<string> | null = null

  private constructor(
    readonly db: Database,
    /** The ports to the other processes; null while one is not there. */
    readonly mail: () => Rpc<MailForStore> | null,
    readonly app: () => Rpc<AppForStore> | null,
  ) {
    db.write((tx) => makeHashKey(tx, randomBytes(32).toString('base64')))
    this.hashes = KeyHash.of(db.read)
  }

  static open(dir: string, key: Uint8Array, ports: { mail: () => Rpc<MailForStore> | null; app: () => Rpc<AppForStore> | null; onCommit: (changes: Changes) => void }): { workspace: Workspace; created: boolean } {
    const { database, created } = Database.open(dir, key, ports.onCommit)
    return { workspace: new Workspace(database, ports.mail, ports.app), created }
  }

  /** Keys of the addresses of all mailboxes: mail from one of them is ours. */
  get own(): ReadonlySet<string> {
    this.ownKeys ??= new Set(this.db.read.all<{ address: string }>('SELECT address FROM mailboxes WHERE removing = 0').map(({ address }) => addressKey(address)))
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
