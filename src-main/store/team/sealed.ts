import * as z from 'zod'
import { noBlob } from '../../crypto/blob'
import type { Reader, Writer } from '../file/database'

const Sealed = z.object({ seq: z.int(), hash: z.string() })
type Sealed = z.infer<typeof Sealed>

/** The last batch of this device that was signed, as far as is known here: what follows it may still get other numbers. */
export function sealedUpTo(read: Reader, device: string): Sealed {
  const blob = read.get<Sealed>(
    "SELECT seq, hash FROM team_blobs WHERE device = ? AND kind = 'log' AND state = 'applied' ORDER BY seq DESC LIMIT 1",
    device,
  ) ?? { seq: 0, hash: noBlob }
  const row = read.get<{ value: string }>("SELECT value FROM team_info WHERE key = 'sealed'")
  const told = row ? Sealed.parse(JSON.parse(row.value)) : blob
  return told.seq > blob.seq ? told : blob
}

/** A snapshot tells of batches of this device that are not here. */
export function noteSealed(tx: Writer, sealed: Sealed): void {
  tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES('sealed', ?)", JSON.stringify(sealed))
}
