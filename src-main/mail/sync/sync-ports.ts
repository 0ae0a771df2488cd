import type { AppForMail, StoreForMail } from '../../../src-preload/contract/internal'
import type { Rpc } from '../../shared/port-rpc'
import type { Pace } from './pace'
import type { MessageParser } from './page-pipe'

/** What the sync of a mailbox works with. */
export interface SyncPorts {
  /** Asks the team whether an answer may leave; null: nobody can be asked. */ readonly claim?: (
    key: string,
  ) => Promise<{ readonly won: boolean } | null>
  readonly store: Pick<Rpc<StoreForMail>, 'call'>
  readonly app: Pick<Rpc<AppForMail>, 'call'>
  readonly parser: MessageParser
  /** Shared by all mailboxes: the machine has one battery. */
  readonly pace?: Pace
}
