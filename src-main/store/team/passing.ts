import type * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { noBlob, openBlob, readBlob, sealBlob, sealedWith, signedBy, type SealedBlob } from '../../crypto/blob'
import type { Reader } from '../file/database'
import type { Workspace } from '../workspace'
import { teamInfo } from './team-info'

/**
 * What passes by on the carrier and is no part of the log: marks of who is here (`presence`) and questions for what is missing
 * (`wants`). It is signed and sealed like a batch, has the number 0, and is kept by nobody.
 */

/** The newest key of the team; undefined before there is one. */
export function newestKey(read: Reader): { readonly epoch: number; readonly key: Buffer } | undefined {
  return read.get<{ epoch: number; key: Buffer }>('SELECT epoch, key FROM team_keys ORDER BY epoch DESC LIMIT 1')
}

/**
 * The key that a blob was sealed with; null: it is not here yet. A roster record that counts no more, or not yet, may have given the
 * blob's epoch another key than the one that holds now.
 */
export function keyOf(read: Reader, blob: SealedBlob): Buffer | null {
  const now = read.get<{ key: Buffer }>('SELECT key FROM team_keys WHERE epoch = ?', blob.epoch)?.key
  if (now && sealedWith(blob, now)) return now
  const others = read.all<{ key: string }>(
    `SELECT DISTINCT json_extract(k.value, '$.key') AS key FROM team_rosters r, json_each(r.body, '$.keys') k
     WHERE r.body IS NOT NULL AND json_extract(k.value, '$.epoch') = ?`,
    blob.epoch,
  )
  return others.map(({ key }) => Buffer.from(key, 'base64url')).find((key) => sealedWith(blob, key)) ?? null
}

/** Seals what this device says; null while it belongs to no team. */
export function sealPassing({ db, device }: Workspace): ((body: unknown) => Uint8Array) | null {
  const info = teamInfo(db.read)
  const key = newestKey(db.read)
  const roster = db.read.get<{ version: number | null }>(
    'SELECT max(version) AS version FROM team_rosters WHERE chain = 1',
  )?.version
  if (!info || (info.membership !== 'member' && info.membership !== 'owner') || !key || !roster) return null
  const { team } = info
  return (body) => sealBlob(device, key.key, { team, seq: 0, previous: noBlob, roster, epoch: key.epoch }, body)
}

/**
 * Opens what somebody said.
 * @returns `own`: this device said it; `void`: it has no effect, being of another team, of somebody who left, or under a key that
 * is not here; `false`: it came under a member's name with a false signature, or damaged
 */
export function openPassing<T>(
  read: Reader,
  { device }: Workspace,
  bytes: Uint8Array,
  form: z.ZodType<T>,
): { readonly from: string; readonly body: T } | 'own' | 'void' | 'false' {
  try {
    const blob = readBlob(bytes)
    if (blob.seq !== 0) return 'false'
    if (blob.team !== teamInfo(read)?.team) return 'void'
    const sender = read.get<{ sign_key: Buffer; cut_off: number | null }>(
      'SELECT sign_key, cut_off FROM team_devices WHERE device = ?',
      blob.device,
    )
    if (!sender || sender.cut_off !== null) return 'void'
    if (!signedBy(blob, sender.sign_key)) return 'false'
    if (blob.device === device.id) return 'own'
    const key = keyOf(read, blob)
    if (!key) return 'void'
    const body = form.safeParse(openBlob(blob, key))
    return body.success ? { from: blob.device, body: body.data } : 'false'
  } catch (fault) {
    if (fault instanceof PosternError) return 'false'
    throw fault
  }
}
