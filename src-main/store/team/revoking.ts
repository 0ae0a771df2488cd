import * as z from 'zod'
import { Tried } from '../../../src-preload/contract/team'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'

/** Whose access is to end with theirs to the team, by the name of its row. A computer holds the password in its keychain. */
const names = { member: 'revoke:', device: 'revoke-device:' } as const
const Former = z.object({
  /** When they were taken out, by the workspace's clock. */
  since: z.int(),
  /** The password in use here then is one that they know; a computer that came after them may have got a newer one. */
  certain: z.boolean(),
  tried: Tried.nullable(),
})
type Former = z.infer<typeof Former>
type Whose = { readonly member: string } | { readonly device: string }

/** Once somebody was taken out, the wizard stays until the mailbox was closed to them too. */
export function wantRevoked(tx: Writer, workspace: Workspace, whose: Whose, certain = true): void {
  const key = 'member' in whose ? names.member + whose.member : names.device + whose.device
  keep(tx, key, { since: workspace.clock.now(), certain, tried: null })
}

/** Who was taken out and has not been told of as done. @param what people, or computers */
export function formerOf(read: Reader, what: keyof typeof names): Map<string, Former> {
  return new Map(
    read
      .all<{ key: string; value: string }>("SELECT key, value FROM team_info WHERE key LIKE ? || '%'", names[what])
      .map(({ key, value }) => [key.slice(names[what].length), Former.parse(JSON.parse(value))]),
  )
}

/** Keeps what came of the try; nothing when they are no longer to be tried. */
export function noteTried(tx: Writer, whose: string, tried: Tried): void {
  for (const key of keysOf(whose)) {
    const row = tx.get<{ value: string }>('SELECT value FROM team_info WHERE key = ?', key)
    if (row) keep(tx, key, { ...Former.parse(JSON.parse(row.value)), tried })
  }
  tx.changes.touched('team')
}

/** @param whose a member or a device */
export function accessRevoked(tx: Writer, whose: string): void {
  tx.run('DELETE FROM team_info WHERE key IN (?, ?)', ...keysOf(whose))
  tx.changes.touched('team')
}

const keysOf = (whose: string): [string, string] => [names.member + whose, names.device + whose]

function keep(tx: Writer, key: string, former: Former): void {
  tx.run('INSERT OR REPLACE INTO team_info(key, value) VALUES(?, ?)', key, JSON.stringify(former))
}
