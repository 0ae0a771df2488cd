import { Bookmark } from 'lucide-react'
import { useEffect } from 'react'
import type { Conversation } from '../../src-preload/contract'
import { ask } from '../client'
import { follow } from '../state/follow'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import { listText } from '../text/lists'
import { IconButton } from '../ui/button'
import { usePeople } from '../work/people'

/** Follow, or no longer; its tip names who else does. */
export function FollowButton({ conversation: { id, followers } }: { conversation: Conversation }) {
  const self = usePeople()?.self
  const on = followers.some((one) => one.id === self)
  const others = followers.filter((one) => one.id !== self).map((one) => one.name || t('work:someone'))
  useShortcuts([
    {
      act: 'follow',
      run: () => void follow([id], !on),
    },
  ])
  const label = t(on ? 'work:unfollow' : 'work:follow')
  return (
    <IconButton
      icon={Bookmark}
      size="sm"
      on={on}
      aria-pressed={on}
      label={others.length === 0 ? label : t('work:followedBy', { label, names: listText(others) })}
      act="follow"
      onClick={() => void follow([id], !on)}
    />
  )
}

const seenAfterMs = 1000

/** A mention counts as seen once its conversation was looked at for a moment. */
export function useMentionSeen({ id, mentioned }: Conversation): void {
  useEffect(() => {
    if (!mentioned) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const start = () => {
      clearTimeout(timer)
      // what could not be noted now is noted at the next look
      if (document.hasFocus())
        timer = setTimeout(() => void ask('mentions.seen', { id }).catch(() => undefined), seenAfterMs)
    }
    start()
    window.addEventListener('focus', start)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('focus', start)
    }
  }, [id, mentioned])
}
