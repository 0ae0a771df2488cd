import { createHmac } from 'node:crypto'

/**
 * The first 16 bytes of the file. SQLite3MC keeps its salt there, which a raw key does not need; ours tells whether a
 * file that cannot be read belongs to this key (then it is damaged) or to another, and which of two keys holds after a change.
 */
export function keyMark(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('postern database key mark').digest().subarray(0, 16)
}
