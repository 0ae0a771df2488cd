import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { jsonIn } from '../shared/json'
import { logger } from '../shared/log'
import { removeWrittenFile, writeFileSafely } from './files'
import type { Keys } from './keys'

const log = logger('access')
const Head = z.object({ device: z.string(), entries: z.int(), hash: z.string() })
export type Head = z.infer<typeof Head>
const name = 'access-head'
const quietMs = 1000
/** A keychain that did not answer is asked again after so many ms. */
const againMs = 60_000
/** The end of the program waits for the keychain for so long at most, in ms. */
const keychainMs = 5000

/**
 * Keeps where the access log stands in the keychain, outside the database: an older copy of the database that is put in
 * its place does not go through it (R58). The last second is written at the end of the program too. What the keychain has not
 * taken by then is left in a file, which can only ask for more than the keychain does, and goes once that has it. Its name is
 * one that an erasure takes away.
 */
export class AccessHead {
  private waiting: Head | null = null
  private timer: NodeJS.Timeout | undefined
  private keeping: Promise<void> = Promise.resolve()
  private readonly file: string

  constructor(
    private readonly keys: Keys,
    profile: string,
  ) {
    this.file = join(profile, 'postern-access-head')
  }

  /**
   * What earlier runs kept: the head in the keychain, and one that is left in the file where that goes further. The log must go
   * through both, since anybody may write a file. Throws `keychain-failed` when they are not known: what is kept must not be
   * written over then, for the log was not held against it.
   */
  async read(): Promise<Head[]> {
    const kept = headOf(await this.keys.secret(name))
    const left = headOf(existsSync(this.file) ? readFileSync(this.file, 'utf8') : null)
    const isBehind = kept && left && kept.device === left.device && kept.entries >= left.entries
    return [kept, isBehind ? null : left].filter((head) => head !== null)
  }

  /**
   * Has the log held against what an earlier run kept, as soon as the keychain says what that is: until then no later head is
   * told here, and an older database is not noticed.
   * @param wanted whether the log is still the one that is open
   */
  async check(hold: (marks: Head[]) => Promise<unknown>, wanted: () => boolean): Promise<void> {
    while (wanted()) {
      try {
        return void (await hold(await this.read()))
      } catch (fault) {
        const { code } = PosternError.from(fault)
        log.error('the access log was not checked', { code, fault })
        if (code !== 'keychain-failed') return
      }
      await new Promise((resolve) => setTimeout(resolve, againMs).unref())
    }
  }

  /** Takes an event of the store. @returns false when it is none about the head */
  hear(event: unknown): boolean {
    const head = Head.safeParse(event)
    if (!head.success || head.data.entries === 0) return head.success
    this.waiting = head.data
    this.timer ??= setTimeout(() => void this.flush(), quietMs)
    return true
  }

  /** The log that it belonged to is gone. */
  forget(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.waiting = null
  }

  /** Returns once what was told before is kept, also what is on its way to the keychain already. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    this.keeping = this.keeping.then(() => this.keep())
    await this.keeping
  }

  /** At the end: what the keychain has not taken is left for the next start. */
  leave(): void {
    if (!this.waiting) return
    try {
      writeFileSafely(this.file, JSON.stringify(this.waiting))
      log.warn('the head of the access log is left in a file')
    } catch (fault) {
      log.error('the head of the access log is not kept', { fault })
    }
  }

  /** One after the other: a head that the keychain does not take is tried again with the next one, and at the end, unless a later one came. */
  private async keep(): Promise<void> {
    const head = this.waiting
    if (!head) return
    try {
      await this.keys.setSecret(name, JSON.stringify(head))
      if (this.waiting === head) this.waiting = null
      removeWrittenFile(this.file)
    } catch (fault) {
      log.warn('the head of the access log cannot be kept', { fault })
    }
  }
}

function headOf(stored: string | null): Head | null {
  const head = stored === null ? null : Head.safeParse(jsonIn(stored))
  if (head?.success === false) log.warn('the head of the access log cannot be read')
  return head?.data ?? null
}

/**
 * At the end of the program: what was given to the keychain is kept there, or the log says what is not. The window is gone: nobody can
 * tell a keychain that does not answer from a program that hangs.
 */
export async function keptBeforeEnd(keys: Keys, head: AccessHead): Promise<void> {
  const kept = head.flush().then(() => keys.settled())
  const late = new Promise((resolve) => setTimeout(resolve, keychainMs).unref())
  await Promise.race([kept, late])
  const what = [...keys.onTheWay].join(' ')
  if (what !== '') log.error('the keychain did not answer before the end, and does not have', { what })
  head.leave()
}
