import { first } from './0001-first'
import { notes } from './0002-notes'
import { networkLedger } from './0003-network-ledger'
import { team } from './0004-team'
import { searchFile } from './0005-search-file'
import { threads } from './0006-threads'
import { completeness } from './0007-completeness'
import { work } from './0008-work'
import { transfers } from './0009-transfers'
import { sending } from './0010-sending'
import { access } from './0011-access'
import { teamExchange } from './0012-team-exchange'
import { delivery } from './0013-delivery'
import { mailboxUse } from './0014-mailbox-use'
import { labels } from './0015-labels'
import { noteNames } from './0016-note-names'
import { depth } from './0017-depth'
import { grantDevice } from './0018-grant-device'
import { teamStale } from './0019-team-stale'
import { identities } from './0020-identities'
import { logLight } from './0021-log-light'
import { loops } from './0022-loops'
import { mailLabels } from './0023-mail-labels'
import { views } from './0024-views'
import { renumbering } from './0025-renumbering'
import { teamSnapshots } from './0026-team-snapshots'
import { bodiesInOrder } from './0027-bodies-in-order'
import { noteDrafts } from './0028-note-drafts'
import { elsewhere } from './0029-elsewhere'
import { teamComputers } from './0030-team-computers'
import { moves } from './0031-moves'
import { importToServer } from './0032-import-to-server'
import { teamMerges } from './0033-team-merges'
import { historyDots } from './0034-history-dots'
import { ending } from './0035-ending'
import { mailboxRowsFollow } from './0036-mailbox-rows-follow'
import { former } from './0037-former'
import { takenBack } from './0038-taken-back'
import { accessNotices } from './0039-access-notices'
import { namedCustomers } from './0040-named-customers'
import { sendTold } from './0041-send-told'
import { outboxRaw } from './0042-outbox-raw'
import { undelivered } from './0043-undelivered'
import { partFiles } from './0044-part-files'
import { backInMailboxes } from './0045-back-in-mailboxes'

/** One step of the schema: run in one transaction, forward only, with a before/after test of its own. */
export interface Migration {
  readonly version: number
  readonly up: string
}

export const migrations: readonly Migration[] = [
  first,
  notes,
  networkLedger,
  team,
  searchFile,
  threads,
  completeness,
  work,
  transfers,
  sending,
  access,
  teamExchange,
  delivery,
  mailboxUse,
  labels,
  noteNames,
  depth,
  grantDevice,
  teamStale,
  identities,
  logLight,
  loops,
  mailLabels,
  views,
  renumbering,
  teamSnapshots,
  bodiesInOrder,
  noteDrafts,
  elsewhere,
  teamComputers,
  moves,
  importToServer,
  teamMerges,
  historyDots,
  ending,
  mailboxRowsFollow,
  former,
  takenBack,
  accessNotices,
  namedCustomers,
  sendTold,
  outboxRaw,
  undelivered,
  partFiles,
  backInMailboxes,
]
