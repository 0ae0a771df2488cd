import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { writeFileSafely } from '../../src-main/app/files'
import { mayMount, smallDisk } from '../servers/small-disk.mjs'

test.skipIf(!mayMount)(
  'a disk that fills up in the middle of a file leaves the old one, whole, and no half of the new one (R50)',
  () => {
    const disk = smallDisk('64k')
    try {
      const file = path.join(disk.dir, 'secrets.json')
      const before = JSON.stringify({ token: 'a'.repeat(6000) })
      writeFileSafely(file, before)
      // Room for a part of it only: the system writes that and says how much it was.
      disk.fill('postern.db', 4096)
      expect(() => writeFileSafely(file, JSON.stringify({ token: 'b'.repeat(6000) }))).toThrow(/ENOSPC/)
      expect(readFileSync(file, 'utf8')).toBe(before)
      expect(readdirSync(disk.dir).toSorted()).toEqual(['postern.db', 'secrets.json'])
    } finally {
      disk.remove()
    }
  },
)
