import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DefinitionConflict } from '../../../src-preload/contract'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
let ana: Harness
let ben: Harness

beforeAll(async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  ;[ana, ben] = team.two
  // Both may change everything.
  await team.setRole(ben, 'admin')
})
afterAll(() => team.stop())

const told = async (one: Harness): Promise<DefinitionConflict[]> =>
  (await one.call('definitions.conflicts', {})).conflicts
/** What both are told, which is the same. */
const both = async (): Promise<DefinitionConflict[]> => {
  const [first, ...others] = await Promise.all(team.consoles.map(told))
  for (const other of others) expect(other).toEqual(first)
  return first ?? []
}
const settle = async (one: Harness, write: (conflict: DefinitionConflict) => string): Promise<string> => {
  const [conflict] = await told(one)
  if (!conflict) throw new Error('no conflict')
  const { undo } = await one.call('definitions.settle', {
    kind: conflict.kind,
    name: conflict.name,
    write: write(conflict),
  })
  await team.pump()
  return undo
}
const first = ({ writes }: DefinitionConflict): string => writes[0]?.id ?? ''
const second = ({ writes }: DefinitionConflict): string => writes[1]?.id ?? ''

interface Thing {
  define(one: Harness, label: string, name: string | null): Promise<{ name: string; undo: string }>
  remove(one: Harness, name: string): Promise<{ undo: string }>
  labels(one: Harness): Promise<string[]>
}
const things: Record<DefinitionConflict['kind'], Thing> = {
  tag: {
    define: async (one, label, name) => {
      if (name === null) return one.call('tags.create', { label })
      return { name, ...(await one.call('tags.change', { name, label, hue: 'sky' })) }
    },
    remove: (one, name) => one.call('tags.retire', { name, into: null }),
    labels: async (one) => (await one.call('tags.list', {})).tags.map(({ label }) => label),
  },
  group: {
    define: (one, label, name) => one.call('groups.save', { name, label, members: [] }),
    remove: (one, name) => one.call('groups.remove', { name }),
    labels: async (one) => (await one.call('groups.list', {})).groups.map(({ label }) => label),
  },
  field: {
    define: (one, label, name) => one.call('fields.save', { name, label, kind: 'choice', choices: [label] }),
    remove: (one, name) => one.call('fields.remove', { name }),
    labels: async (one) => (await one.call('fields.list', {})).fields.map(({ label }) => label),
  },
  view: {
    define: (one, label, name) =>
      one.call('views.save', { name, label, conditions: [{ on: 'unread' }], order: 'newest', own: false }),
    remove: (one, name) => one.call('views.remove', { name }),
    labels: async (one) => (await one.call('views.list', {})).views.map(({ label }) => label),
  },
  processor: {
    define: (one, label, name) => one.call('register.save', { name, kind: 'processor', label }),
    remove: (one, name) => one.call('register.remove', { name }),
    labels: async (one) => (await one.call('register.list', {})).entries.map(({ label }) => label),
  },
}
const kinds = ['tag', 'group', 'field', 'view', 'processor'] as const

test.each(kinds)(
  'two who rename a %s at the same time are both named on both consoles, and either choice settles it, or is taken back',
  async (kind) => {
    const { define, remove, labels } = things[kind]
    const { name } = await define(ana, 'Old', null)
    await team.pump()
    expect(await both()).toEqual([])
    for (const which of [first, second]) {
      const [hers, his] = which === first ? ['Hers', 'His'] : ['Her other', 'His other']
      await define(ana, hers, name)
      await define(ben, his, name)
      await team.pump()
      const [conflict, ...more] = await both()
      expect(more).toEqual([])
      expect(conflict).toMatchObject({ kind, name, member: null })
      expect(conflict?.writes.map(({ by, label }) => [by, label]).toSorted()).toEqual([
        ['Ana', hers],
        ['Ben', his],
      ])
      expect(conflict?.label).toBe(conflict?.writes[0]?.label)
      const wanted = conflict?.writes.find(({ id }) => id === which(conflict))?.label
      const undo = await settle(ben, which)
      expect(await both()).toEqual([])
      for (const one of [ana, ben]) expect(await labels(one)).toContain(wanted)
      expect(await ben.call('acts.undo', { undo })).toEqual({ left: 0 })
      await team.pump()
      for (const one of [ana, ben]) expect(await labels(one)).toContain(conflict?.label)
    }
    await remove(ana, name)
    await team.pump()
  },
)

test.each(kinds)(
  'a %s that one removes while another renames it is told, and is there again for who wants it',
  async (kind) => {
    const { define, remove, labels } = things[kind]
    const { name } = await define(ana, 'Old', null)
    await team.pump()
    await remove(ana, name)
    await define(ben, 'New', name)
    await team.pump()
    const [conflict] = await both()
    expect(conflict?.writes.map(({ by, gone }) => [by, gone]).toSorted()).toEqual([
      ['Ana', true],
      ['Ben', false],
    ])
    expect(await labels(ana)).toEqual(conflict?.writes[0]?.gone ? [] : ['New'])
    const stays = (one: DefinitionConflict) => one.writes.find(({ gone }) => !gone)?.id ?? ''
    const undo = await settle(ana, stays)
    expect(await both()).toEqual([])
    for (const one of [ana, ben]) expect(await labels(one)).toEqual(['New'])
    await ana.call('acts.undo', { undo })
    await team.pump()
    expect(await both()).toEqual([])
    for (const one of [ana, ben]) expect(await labels(one)).toEqual(conflict?.writes[0]?.gone ? [] : ['New'])
    if ((await labels(ana)).length > 0) await remove(ana, name)
    await team.pump()
  },
)

test('somebody who is put into a group by one and taken out by another stays, and both are asked', async () => {
  const [anaId, benId] = (await ana.call('people.list', {})).people.map(({ id }) => id)
  const save = (one: Harness, members: (string | undefined)[], name: string | null) =>
    one.call('groups.save', { name, label: 'Workshop', members: members.map((id) => id ?? '') })
  const members = async (one: Harness) =>
    (await one.call('groups.list', {})).groups.flatMap((group) => group.members.map(({ name }) => name)).toSorted()
  const { name } = await save(ana, [anaId, benId], null)
  await team.pump()
  await save(ana, [anaId], name)
  await save(ana, [anaId, benId], name)
  await save(ben, [anaId], name)
  await team.pump()
  const [conflict] = await both()
  expect(conflict).toMatchObject({ kind: 'group', label: 'Workshop', member: { name: 'Ben' } })
  expect(conflict?.writes.map(({ by }) => by)).toEqual(['Ana', 'Ben'])
  for (const one of [ana, ben]) expect(await members(one)).toEqual(['Ana', 'Ben'])
  const undo = await settle(ana, second)
  expect(await both()).toEqual([])
  for (const one of [ana, ben]) expect(await members(one)).toEqual(['Ana'])
  await ana.call('acts.undo', { undo })
  await team.pump()
  for (const one of [ana, ben]) expect(await members(one)).toEqual(['Ana', 'Ben'])
})

test('what two changed alike, one after the other, or for themselves alone is no conflict', async () => {
  const { name } = await things.tag.define(ana, 'Old', null)
  await team.pump()
  await things.tag.define(ana, 'Same', name)
  await things.tag.define(ben, 'Same', name)
  await team.pump()
  expect(await both()).toEqual([])
  await things.tag.define(ana, 'Later', name)
  await team.pump()
  await things.tag.define(ben, 'Latest', name)
  await team.pump()
  expect(await both()).toEqual([])
  expect(await things.tag.labels(ana)).toEqual(['Latest'])
})

test('a choice that is open no more is refused, and an undo leaves what a colleague chose since', async () => {
  const { name } = await things.view.define(ana, 'Old', null)
  await team.pump()
  await things.view.define(ana, 'Hers', name)
  await things.view.define(ben, 'His', name)
  await team.pump()
  const [conflict] = await both()
  const undo = await settle(ana, second)
  await expect(
    ben.call('definitions.settle', { kind: 'view', name, write: conflict?.writes[0]?.id ?? '' }),
  ).rejects.toMatchObject({ code: 'not-found' })
  await things.view.define(ben, 'Another', name)
  await team.pump()
  expect(await ana.call('acts.undo', { undo })).toEqual({ left: 1 })
  expect(await things.view.labels(ana)).toEqual(['Another'])
})

test.each(kinds)(
  'a %s that was made or renamed by mistake is as before after an undo, on both consoles, unless a colleague changed it since',
  async (kind) => {
    const { define, remove, labels } = things[kind]
    const made = await define(ana, 'Mistake', null)
    await team.pump()
    expect(await ana.call('acts.undo', { undo: made.undo })).toEqual({ left: 0 })
    await team.pump()
    for (const one of [ana, ben]) expect(await labels(one)).not.toContain('Mistake')
    const { name } = await define(ana, 'Right', null)
    const renamed = await define(ana, 'Wrong', name)
    const gone = await remove(ana, name)
    for (const undo of [gone.undo, renamed.undo]) await ana.call('acts.undo', { undo })
    await team.pump()
    for (const one of [ana, ben]) expect(await labels(one)).toContain('Right')
    const again = await define(ana, 'Wrong', name)
    await team.pump()
    await define(ben, 'Better', name)
    await team.pump()
    expect(await ana.call('acts.undo', { undo: again.undo })).toEqual({ left: 1 })
    expect(await labels(ana)).toContain('Better')
  },
)

test('people who were put into a group by mistake are out of it again after an undo', async () => {
  const [anaId = '', benId = ''] = (await ana.call('people.list', {})).people.map(({ id }) => id)
  const { name } = await ana.call('groups.save', { name: null, label: 'Night', members: [anaId] })
  const { undo } = await ana.call('groups.save', { name, label: 'Night', members: [benId] })
  await ana.call('acts.undo', { undo })
  await team.pump()
  const { groups } = await ben.call('groups.list', {})
  expect(groups.find((group) => group.name === name)?.members.map((one) => one.name)).toEqual(['Ana'])
})

test('an agent changes groups only with the permission for it, which can be given to one and taken again', async () => {
  const save = (label: string) => ben.call('groups.save', { name: null, label, members: [] })
  await team.setRole(ben, 'agent')
  await expect(save('Refused')).rejects.toMatchObject({ code: 'not-allowed' })
  await team.setRole(ben, 'agent', ['manage-team', 'of-a-newer-program'])
  await save('Allowed')
  await team.pump()
  expect(await things.group.labels(ana)).toContain('Allowed')
  // It is no right to say who belongs to the team.
  await expect(ben.call('team.invite', { name: 'Cy', role: 'agent' })).rejects.toMatchObject({ code: 'not-allowed' })
  await team.setRole(ben, 'agent')
  await expect(save('Refused again')).rejects.toMatchObject({ code: 'not-allowed' })
})
