import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { AccessHead } from './access-head'
import type { Keys } from './keys'
import { eraseFiles, markErased } from './profile-files'

const log = logger('erase')

/** What an erasure needs of the workspace. */
export interface ErasureHouse {
  readonly profile: string
  readonly keys: Keys
  readonly head: AccessHead
  /** Ends mail and store. */
  readonly endServices: () => Promise<void>
  /** No key or token is in memory afterwards. */
  readonly putAway: () => Promise<void>
  /** What came of it; the next start begins afresh where nothing is left. */
  readonly erased: (nothingLeft: boolean) => void
}

/** How far the erasure of a computer is that the team's owner took out. */
const steps = ['erasing', 'erased', 'erase-unfinished'] as const
export const takenOut = (step: (typeof steps)[number]): PosternError => new PosternError(step, 'taken out of the team')
/** Whether a store is closed because of that. */
export const isTakenOut = (error: PosternError | null): boolean => steps.some((step) => step === error?.code)

/** Takes keys, passwords and files off a computer that the team's owner told to erase itself. */
export class Erasure {
  isUnderWay = false

  constructor(private readonly house: ErasureHouse) {}

  /** Nothing to do while it is under way. One that failed can be tried again. */
  async run(): Promise<void> {
    if (this.isUnderWay) return
    this.isUnderWay = true
    let nothingLeft = false
    try {
      nothingLeft = await this.erase()
    } catch (fault) {
      log.error('the erasure was cut off', { fault })
    } finally {
      this.isUnderWay = false
    }
    log.warn('this computer was erased', { nothingLeft })
    this.house.erased(nothingLeft)
  }

  /** Whether neither a file nor a secret is left. */
  private async erase(): Promise<boolean> {
    const { profile, keys, head, endServices, putAway } = this.house
    // First, so that one that is cut off is done at the next start.
    this.mark()
    await endServices()
    // Before the keychain is asked anything: one that does not answer takes a minute for each question.
    eraseFiles(profile)
    head.forget()
    await putAway()
    head.forget()
    const keysGone = await keys.destroy()
    const filesGone = eraseFiles(profile)
    // A full disk has room for it now.
    this.mark()
    return keysGone && filesGone
  }

  /** A disk that takes nothing holds no erasure up. */
  private mark(): void {
    try {
      markErased(this.house.profile)
    } catch (fault) {
      log.error('the erasure is not marked', { code: PosternError.from(fault).code })
    }
  }
}
