import type { viewCalls } from '../../../src-preload/contract/calls/views'
import type { DefinedKind } from '../../../src-preload/contract/definitions'
import type { Handlers } from '../../../src-preload/contract/internal'
import { define, definitionConflicts, settleDefinition } from '../conversations/definitions'
import { listFields, removeField, saveField, setField } from '../conversations/fields'
import { follow, mentionSeen } from '../conversations/follow'
import { listGroups, removeGroup, saveGroup } from '../conversations/groups'
import type { Writer } from '../file/database'
import type { StoreService } from '../service'
import { countView, listViews, removeView, saveView, ViewCounts } from '../conversations/views'
import type { Workspace } from '../workspace'

/** Saved views, custom fields, and following. */
export function views(service: StoreService, by: () => string): Handlers<typeof viewCalls> {
  const workspace = (): Workspace => service.open.workspace
  const made = (kind: DefinedKind, name: string | null, does: (tx: Writer) => { name: string }) =>
    define(service.open.acts, workspace(), kind, name, does)
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
    'views.save': (view) => made('view', view.name, (tx) => saveView(tx, workspace(), view)),
    'views.remove': ({ name }) => made('view', name, (tx) => removeView(tx, workspace(), name)),
    'fields.list': () => ({ fields: listFields(service.read) }),
    'fields.save': (field) => made('field', field.name, (tx) => saveField(tx, workspace(), field)),
    'fields.remove': ({ name }) => made('field', name, (tx) => removeField(tx, workspace(), name)),
    'conversations.setField': ({ ids, field, value }) =>
      setField(service.open.acts, workspace(), ids, field, value, by()),
    'groups.list': () => ({ groups: listGroups(service.read, workspace().device.id) }),
    'groups.save': ({ name, label, members }) =>
      made('group', name, (tx) => saveGroup(tx, workspace(), name, label, members)),
    'groups.remove': ({ name }) => made('group', name, (tx) => removeGroup(tx, workspace(), name)),
    'definitions.conflicts': () => ({ conflicts: definitionConflicts(service.read, workspace().device.id) }),
    'definitions.settle': (choice) => settleDefinition(service.open.acts, workspace(), choice),
    'conversations.follow': ({ ids, on }) => follow(service.open.acts, workspace(), ids, on),
    'mentions.seen': ({ id }) => {
      workspace().db.write((tx) => mentionSeen(tx, workspace(), id))
      return {}
    },
  }
}
