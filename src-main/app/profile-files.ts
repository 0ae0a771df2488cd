import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PosternError } from '../../src-preload/contract/errors'
import { nextDamaged } from '../shared/damaged-files'
import { logger } from '../shared/log'
import { writeFileSafely } from './files'

const log = logger('erase')

/** Says that this profile was, or is being, erased; what is left of it is taken away at the next start. */
const mark = (profile: string): string => join(profile, 'erased.json')

export const markErased = (profile: string): void => writeFileSafely(mark(profile), '{}')
export const wasErased = (profile: string): boolean => existsSync(mark(profile))
/** A person has read it and begins afresh. */
export const forgetErased = (profile: string): void => rmSync(mark(profile), { force: true })

/**
 * Takes away what a profile kept besides its keys (`Keys.destroy`): databases, also damaged ones that were set aside, files that
 * were opened. The databases could not be read any more without their key either. Logs stay: they hold nothing of anybody.
 * @returns whether nothing of it is left
 */
export function eraseFiles(profile: string): boolean {
  let gone = true
  for (const name of readdirSync(profile)) {
    if (!/^postern|^opened$/.test(name)) continue
    try {
      rmSync(join(profile, name), { recursive: true, force: true })
    } catch (fault) {
      gone = false
      log.error('a file was not erased', { code: PosternError.from(fault).code })
    }
  }
  return gone
}

/**
 * Moves a damaged database away and never deletes it: the next start makes a fresh one. Cut short, what is left of it belongs to the
 * one that is away already, which the store sees to (`store/file/set-aside`).
 */
export function setDatabaseAside(profile: string): void {
  if (!existsSync(join(profile, 'postern.db'))) return
  const name = nextDamaged(profile)
  for (const ending of ['', '-wal', '-shm']) {
    const file = join(profile, `postern.db${ending}`)
    if (existsSync(file)) renameSync(file, join(profile, `${name}${ending}`))
  }
}
