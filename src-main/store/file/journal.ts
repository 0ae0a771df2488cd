import { closeSync, openSync, readSync, fstatSync } from 'node:fs'
import type Driver from 'better-sqlite3-multiple-ciphers'

/**
 * The journal (WAL, https://sqlite.org/fileformat2.html#the_write_ahead_log) as SQLite finds it after a crash. SQLite
 * takes its frames up to the first one whose checksum is wrong and drops the rest without a word, which is right for the
 * torn end of a power cut, and wrong to keep quiet about when whole transactions lie behind a byte that was changed (R46).
 */
export interface Journal {
  /** Frames up to the end of the last whole transaction that was written, whether it can be read or not. */
  readonly written: number
}

const headerSize = 32
const frameHeader = 24

/** Reads headers of frames only. Call it before the database is opened. @param pageBytes of a page, where the journal's own word is damaged @returns null when there is no journal */
export function readJournal(file: string, pageBytes: number): Journal | null {
  const handle = opened(file)
  if (handle === null) return null
  try {
    const { size } = fstatSync(handle)
    const header = Buffer.alloc(headerSize)
    if (size < headerSize || readSync(handle, header, 0, headerSize, 0) < headerSize) return null
    // One damaged byte must not hide the rest: the page size is a power of two, whatever the header says.
    const pageSize = header.readUInt32BE(8)
    const step =
      frameHeader + (pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0 ? pageSize : pageBytes)
    const frames = Math.floor((size - headerSize) / step)
    const frame = Buffer.alloc(frameHeader)
    const at = (n: number): Buffer => frame.subarray(0, readSync(handle, frame, 0, frameHeader, headerSize + n * step))
    // A new journal overwrites an old one from the front; both salts of an old frame differ from the new ones.
    let salts = [header.readUInt32BE(16), header.readUInt32BE(20)] as const
    if (frames > 0 && !checksumFits(header)) {
      const first = at(0)
      salts = [first.readUInt32BE(8), first.readUInt32BE(12)]
    }
    let written = 0
    for (let n = 0; n < frames; n++) {
      const one = at(n)
      const ours = one.readUInt32BE(8) === salts[0] || one.readUInt32BE(12) === salts[1]
      // A frame that ends a transaction names the size of the database.
      if (ours && one.readUInt32BE(4) !== 0) written = n + 1
    }
    return { written }
  } finally {
    closeSync(handle)
  }
}

/** Whether SQLite, which has read the journal by now, found less in it than was written. */
export function isJournalDamaged(db: Driver, journal: Journal | null): boolean {
  if (journal === null || journal.written === 0) return false
  const [state] = db.prepare<[], { log: number }>('PRAGMA wal_checkpoint(PASSIVE)').all()
  return (state?.log ?? 0) < journal.written
}

function opened(file: string): number | null {
  try {
    return openSync(file, 'r')
  } catch {
    return null
  }
}

/** The checksum of the first 24 bytes of the header, in the byte order that the magic number names. */
function checksumFits(header: Buffer): boolean {
  const big = header.readUInt32BE(0) === 0x377f0683
  let [a, b] = [0, 0]
  for (let at = 0; at < 24; at += 8) {
    const [x, y] = big
      ? [header.readUInt32BE(at), header.readUInt32BE(at + 4)]
      : [header.readUInt32LE(at), header.readUInt32LE(at + 4)]
    a = (a + x + b) >>> 0
    b = (b + y + a) >>> 0
  }
  return header.readUInt32BE(24) === a && header.readUInt32BE(28) === b
}
