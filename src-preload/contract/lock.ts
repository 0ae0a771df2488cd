import type { Policy } from './policy'
import type { Settings } from './settings'

/** When to lock: what the person chose within what the organisation asks. `minutes` 0 is never. */
export function lockRules(
  { lockMinutes, lockOnSleep }: Pick<Settings, 'lockMinutes' | 'lockOnSleep'>,
  policy: Pick<Policy, 'lockMinutesLongest' | 'lockOnSleep'>,
): { minutes: number; onSleep: boolean } {
  const longest = policy.lockMinutesLongest
  return {
    minutes: longest === undefined ? lockMinutes : Math.min(lockMinutes || longest, longest),
    onSleep: policy.lockOnSleep ?? lockOnSleep,
  }
}
