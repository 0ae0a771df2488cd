import { call } from '../client'
import { t } from '../text'
import { tellDone, tellFailure } from './acts'

/** Follows conversations, or no longer. */
export async function follow(ids: readonly number[], on: boolean): Promise<void> {
  try {
    await tellDone(
      t(on ? 'work:did.followed' : 'work:did.unfollowed', { count: ids.length }),
      call('conversations.follow', { ids: [...ids], on }),
    )
  } catch (thrown) {
    tellFailure(thrown)
  }
}
