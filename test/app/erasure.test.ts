import { readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { AccessHead } from '../../src-main/app/access-head'
import { Erasure } from '../../src-main/app/erasure'
import { Keys } from '../../src-main/app/keys'
import { wasErased } from '../../src-main/app/profile-files'
import { mayMount, smallDisk } from '../servers/small-disk.mjs'
import { keychainInMemory } from './keychain'

test.skipIf(!mayMount)(
  'a full disk keeps nothing on a computer that is told to erase itself, and it is known afterwards (R50)',
  async () => {
    const disk = smallDisk('256k')
    try {
      const keychain = keychainInMemory()
      const keys = new Keys(disk.dir, keychain)
      await keys.find()
      await keys.device()
      expect(keychain.values.size).toBeGreaterThan(0)
      disk.fill('postern.db')
      const erased = vi.fn<() => void>()
      const putAway = vi.fn<() => Promise<void>>(() => Promise.resolve())
      await new Erasure({ profile: disk.dir, keys, head: new AccessHead(keys, disk.dir), putAway, erased }).run()
      expect(putAway).toHaveBeenCalledOnce()
      expect(erased).toHaveBeenCalledOnce()
      expect([...keychain.values.keys()]).toEqual([])
      expect(readdirSync(disk.dir)).toEqual(['erased.json'])
      expect(wasErased(disk.dir)).toBe(true)
    } finally {
      disk.remove()
    }
  },
)
