import type { workCalls } from '../../../src-preload/contract/calls/work'
import type { Handlers } from '../../../src-preload/contract/internal'
import { define } from '../conversations/definitions'
import { groupsOfSelf, groupsWithMembers, peopleOf, selfOf } from '../conversations/people'
import type { StoreService } from '../service'
import { changeTag, createTag, listTags, retireTag } from '../conversations/tags'
import { assign, setTag, snooze } from '../conversations/work'
import type { Workspace } from '../workspace'

/** Who does what until when. */
export function work(service: StoreService, by: () => string): Handlers<typeof workCalls> {
  const workspace = (): Workspace => service.open.workspace
  return {
    'people.list': () => {
      const me = workspace().device.id
      const groups = groupsWithMembers(service.read)
      return {
        self: selfOf(service.read, me).id,
        people: peopleOf(service.read, me),
        groups: groups.map(({ id, name }) => ({ id, name })),
        ofSelf: groupsOfSelf(service.read, me, groups),
      }
    },
    'conversations.assign': ({ ids, to }) => assign(service.open.acts, workspace(), ids, to, by()),
    'conversations.tag': ({ ids, tag, on }) => setTag(service.open.acts, workspace(), ids, tag, on, by()),
    'conversations.snooze': async ({ ids, until, unlessReply }) => {
      const done = await snooze(service.open.acts, workspace(), ids, until, unlessReply, by())
      service.open.alarm.look()
      return done
    },
    'tags.list': () => ({ tags: listTags(service.read) }),
    'tags.create': ({ label, hue }) => {
      const { acts } = service.open
      return define(acts, workspace(), 'tag', null, (tx) => createTag(tx, workspace(), label, hue))
    },
    'tags.change': (tag) =>
      define(service.open.acts, workspace(), 'tag', tag.name, (tx) => changeTag(tx, workspace(), tag)),
    'tags.retire': ({ name, into }) =>
      define(service.open.acts, workspace(), 'tag', name, (tx) => retireTag(tx, workspace(), name, into)),
  }
}
