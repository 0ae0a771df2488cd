import { call } from '../client'
import { t } from '../text'
import { tellDone, tried } from './acts'

/** Follows conversations, or no longer. */
export function follow(ids: readonly number[], on: boolean): Promise<boolean> {
  return tried(() =>
    tellDone(
      t(on ? 'work:did.followed' : 'work:did.unfollowed', { count: ids.length }),
      call('conversations.follow', { ids: [...ids], on }),
    ),
  )
}
