import * as z from 'zod'
import { TeamCarrier } from '../../../src-preload/contract/team-link'
import type { Reader, Writer } from '../file/database'

const Info = z.object({
  team: z.string(),
  /** Device id of the owner whose records are believed first: our own, or the one whose fingerprint the invitation held. */
  trust: z.string(),
  /** How this installation stands to it. */
  membership: z.enum(['joining', 'member', 'owner', 'removed']),
  mailboxId: z.int(),
  /** Over what the messages travel; the roster's word, once there is one. */
  carrier: TeamCarrier.default({ kind: 'mailbox' }),
})
export type TeamInfo = z.output<typeof Info>

export function teamInfo(read: Reader): TeamInfo | null {
  const row = read.get<{ value: string }>("SELECT value FROM team_info WHERE key = 'team'")
  return row ? Info.parse(JSON.parse(row.value)) : null
}

export function setTeamInfo(tx: Writer, info: TeamInfo): void {
  tx.run(
    "INSERT INTO team_info(key, value) VALUES('team', ?1) ON CONFLICT DO UPDATE SET value = ?1",
    JSON.stringify(info),
  )
  tx.changes.touched('team')
}
