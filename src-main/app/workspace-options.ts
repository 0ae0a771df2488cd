import type { UtilityProcess } from 'electron'
import type { PosternEvent } from '../../src-preload/contract/events'
import type { LogLine } from '../shared/log'
import type { Keys, KeyState } from './keys'
import type { LastSeenFile } from './last-seen'
import type { PolicyWatch } from './policy'
import type { SystemUnlock } from './system-unlock'

export type Phase = 'starting' | 'set-passphrase' | 'locked' | 'ready' | 'failed' | 'changing-key'

/** How far a change of the database key has come; bytes. */
export interface KeyChange {
  readonly step: 'copying' | 'encrypting' | 'checking'
  readonly done: number
  readonly total: number
}

export interface WorkspaceOptions {
  readonly profile: string
  readonly keys: Keys
  /** `keys.find()`, begun while the store's process starts: the keychain takes its time. */
  readonly found: Promise<KeyState>
  /** The store's first process, where it was started ahead of everything. */
  readonly storeProcess: UtilityProcess | null
  /** What the last run showed first. */
  readonly lastSeen: LastSeenFile
  /** The window has drawn itself: mail may have the processor now. */
  readonly drawn: Promise<void>
  readonly provisionFile: string | null
  readonly sampleDir: string | null
  readonly onLog: (process: string, line: LogLine) => void
  readonly emit: (event: PosternEvent) => void
  readonly systemUnlock: SystemUnlock
  /** Puts a fresh window in place of the one that showed mail. */
  readonly emptyWindow: () => void
  /** Opens a page in the person's own browser. */
  readonly openBrowser: (url: string) => Promise<void>
  readonly policy: PolicyWatch
  /** Told at each start whether there are mailboxes. */
  readonly onFilled: (filled: boolean) => void
  /** Gives the window its port to store, or takes it away. */
  readonly windowPort: (port: Electron.MessagePortMain | null) => void
}
