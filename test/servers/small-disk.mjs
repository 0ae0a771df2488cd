/** A disk of its own that is soon full, for tests of what a full disk does (R50). Only root on Linux may mount one. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { isRoot, tempFolder } from './process.mjs'

export const mayMount = isRoot && process.platform === 'linux'

/**
 * @typedef {object} SmallDisk
 * @property {string} dir
 * @property {(name: string, leave?: number) => void} fill with a file of that name, until no more than `leave` bytes are free
 * @property {(size: string) => void} grow to that size ("40m")
 * @property {() => void} remove
 */

/** @param {string} size as mount takes it ("8m") @returns {SmallDisk} */
export function smallDisk(size) {
  const dir = tempFolder('disk')
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir])
  const free = () => {
    const { bavail, bsize } = fs.statfsSync(dir)
    return bavail * bsize
  }
  return {
    dir,
    fill: (name, leave = 0) => fs.writeFileSync(path.join(dir, name), Buffer.alloc(Math.max(0, free() - leave))),
    grow: (larger) => execFileSync('mount', ['-o', `remount,size=${larger}`, dir]),
    remove: () => {
      execFileSync('umount', ['-l', dir])
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}
