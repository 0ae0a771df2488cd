import type { viewCalls } from '../../../src-preload/contract/calls/views'
import type { Handlers } from '../../../src-preload/contract/internal'
import { listFields, removeField, saveField, setField } from '../conversations/fields'
import { follow, mentionSeen } from '../conversations/follow'
import { listGroups, removeGroup, saveGroup } from '../conversations/groups'
import type { StoreService } from '../service'
import { countView, listViews, removeView, saveView, ViewCounts } from '../conversations/views'
import type { Workspace } from '../workspace'

/** Saved views, custom fields, and following. */
export function views(service: StoreService, by: () => string): Handlers<typeof viewCalls> {
  const workspace = (): Workspace => service.open.workspace
  let counts: { of: Workspace; views: ViewCounts } | null = null
  return {
    'views.list': () => ({ views: listViews(service.read, workspace().device.id) }),
    'views.counts': async () => {
      if (counts?.of !== workspace())
        counts = { of: workspace(), views: new ViewCounts(workspace(), () => service.open.index) }
      return { counts: await counts.views.get() }
    },
    'views.try': ({ conditions }) =>
      countView(service.read, service.open.index, conditions, workspace().device.id, Date.now()),
    'views.save': (view) => workspace().db.write((tx) => saveView(tx, workspace(), view)),
    'views.remove': ({ name }) =>
      service.open.acts.keep(workspace().db.write((tx) => removeView(tx, workspace(), name))),
    'fields.list': () => ({ fields: listFields(service.read) }),
    'fields.save': (field) => workspace().db.write((tx) => saveField(tx, workspace(), field)),
    'fields.remove': ({ name }) =>
      service.open.acts.keep(workspace().db.write((tx) => removeField(tx, workspace(), name))),
    'conversations.setField': ({ ids, field, value }) =>
      setField(service.open.acts, workspace(), ids, field, value, by()),
    'groups.list': () => ({ groups: listGroups(service.read, workspace().device.id) }),
    'groups.save': ({ name, label, members }) =>
      workspace().db.write((tx) => saveGroup(tx, workspace(), name, label, members)),
    'groups.remove': ({ name }) =>
      service.open.acts.keep(workspace().db.write((tx) => removeGroup(tx, workspace(), name))),
    'conversations.follow': ({ ids, on }) => follow(service.open.acts, workspace(), ids, on),
    'mentions.seen': ({ id }) => {
      workspace().db.write((tx) => mentionSeen(tx, workspace(), id))
      return {}
    },
  }
}
