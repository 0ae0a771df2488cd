import { expect, test } from 'vitest'
import { isQuiet, isTold } from '../../src-renderer/state/notices'

const at = (hours: number, minutes = 0): number => hours * 60 + minutes

test('quiet hours over midnight let nothing through at night and everything by day', () => {
  const night = { quietFrom: at(20), quietTo: at(7, 30) }
  expect([at(19, 59), at(20), at(0), at(7, 29), at(7, 30), at(12)].map((minutes) => isQuiet(night, minutes))).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ])
  expect(isQuiet({ quietFrom: at(12), quietTo: at(13) }, at(12, 30))).toBe(true)
  expect(isQuiet({ quietFrom: 0, quietTo: 0 }, at(3))).toBe(false)
})

test('nobody hears of what they did not ask for', () => {
  const mine = { messageCount: 4, mailboxIds: [1], assignee: { id: 'me-device', name: 'Ana' } }
  const fresh = { messageCount: 1, mailboxIds: [1], assignee: null }
  const other = { messageCount: 4, mailboxIds: [1, 2], assignee: null }
  const told = (notify: 'all' | 'new' | 'mine' | 'nothing', notifyNotFor: number[] = []) =>
    [mine, fresh, other].map((row) =>
      isTold(row, { notify, notifyNotFor, notifyFollowed: true, notifyGivenGroup: true }, 'me-device'),
    )
  expect(told('all')).toEqual([true, true, true])
  expect(told('new')).toEqual([true, true, false])
  expect(told('mine')).toEqual([true, false, false])
  expect(told('nothing')).toEqual([false, false, false])
  expect(told('all', [1])).toEqual([false, false, true])
  const followed = { ...other, followers: [{ id: 'me-device' }] }
  expect(
    [true, false].map((notifyFollowed) =>
      isTold(followed, { notify: 'mine', notifyNotFor: [], notifyFollowed, notifyGivenGroup: true }, 'me-device'),
    ),
  ).toEqual([true, false])
  const group = { ...other, assignee: { id: 'g:workshop', name: 'Workshop' } }
  const ofGroups = (notifyGivenGroup: boolean, groups: string[]) =>
    isTold(group, { notify: 'mine', notifyNotFor: [], notifyFollowed: true, notifyGivenGroup }, 'me-device', groups)
  expect([ofGroups(true, ['g:workshop']), ofGroups(true, []), ofGroups(false, ['g:workshop'])]).toEqual([
    true,
    false,
    false,
  ])
})
