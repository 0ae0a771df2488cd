import { hostname, platform, release, totalmem } from 'node:os'
import type { Reader } from '../file/database'
import type { Open } from '../open-store'

/** What a report for troubleshooting holds: versions, sync state, counts and codes. No address, subject, name, text or token (R59). */
export function diagnosticsText(read: Reader, open: Pick<Open, 'board' | 'workspace'>): string {
  const status = open.board.status(read)
  const one = (sql: string): number => read.get<{ n: number }>(sql)?.n ?? 0
  const lines = [
    `made ${new Date(open.workspace.clock.now()).toISOString()}`,
    `system ${platform()} ${release()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `runtime electron ${process.versions['electron'] ?? 'none'}, node ${process.versions.node}, schema ${String(open.workspace.db.pragma('user_version'))}`,
    `database ${((Number(open.workspace.db.pragma('page_count')) * Number(open.workspace.db.pragma('page_size'))) / 1e6).toFixed(1)} MB, journal ${String(open.workspace.db.pragma('journal_mode'))}`,
    `conversations ${one('SELECT count(*) AS n FROM conversations')}, messages ${one('SELECT count(*) AS n FROM messages')}`,
    `clock ${open.workspace.clock.doubt ?? 'in order'}, server offset ${open.workspace.clock.serverOffset ?? 'unknown'} ms`,
    `sync ${status.overall}, waiting ${status.waiting}`,
    ...status.mailboxes.flatMap((mailbox) => [
      `mailbox ${mailbox.mailboxId}: ${mailbox.state}${mailbox.error ? ` ${mailbox.error.code}` : ''}, ${mailbox.done} of ${mailbox.total}, last ${mailbox.syncedAt === null ? 'never' : new Date(mailbox.syncedAt).toISOString()}`,
      ...mailbox.folders.map(
        (folder) => `  folder ${folder.id} ${folder.role}: ${folder.localCount} here, ${folder.serverCount} there`,
      ),
    ]),
  ]
  return lines.join('\n').replaceAll(hostname(), 'this computer')
}
