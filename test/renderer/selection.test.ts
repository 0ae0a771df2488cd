import { beforeEach, describe, expect, it, vi } from 'vitest'
import { actOnPicked, useList } from '../../src-renderer/state/list'
import {
  goSaved,
  goSettings,
  goView,
  leaveSettings,
  openConversation,
  usePlaces,
  type ListPlace,
} from '../../src-renderer/state/places'

const place = (): ListPlace => usePlaces.getState().list
const settle = () => new Promise((done) => setTimeout(done, 0))

/** A list 1 to 5 of which conversations leave. */
const hands = {
  step: () => undefined,
  focus: () => undefined,
  after: (gone: ReadonlySet<number>) => [1, 2, 3, 4, 5].find((id) => id > 2 && !gone.has(id)) ?? null,
}

beforeEach(() => {
  usePlaces.setState({
    place: { kind: 'inbox', view: 'inbox', mailboxId: null, tag: null, label: null, saved: null, conversationId: 2 },
    list: { kind: 'inbox', view: 'inbox', mailboxId: null, tag: null, label: null, saved: null, conversationId: 2 },
    past: [],
    future: [],
  })
  useList.setState({ hands, picked: new Set() })
})

describe('the selection when conversations leave the list', () => {
  it('does not stay on a conversation that was closed: the next is opened', async () => {
    const done = useList.getState().leaving([2], 'closed')
    expect(place().conversationId).toBe(2)
    void done()
    await settle()
    expect(place().conversationId).toBe(3)
  })
  it('does not close the gap in a jump, and does not go on moving rows afterwards', () => {
    vi.useFakeTimers()
    void useList.getState().leaving([2], 'closed')()
    expect(useList.getState().closing).toBe(true)
    vi.advanceTimersByTime(1000)
    expect(useList.getState().closing).toBe(false)
    vi.useRealTimers()
  })
  it('skips those that leave with it', async () => {
    void useList.getState().leaving([2, 3, 4], 'closed')()
    await settle()
    expect(place().conversationId).toBe(5)
  })
  it('does not move when others leave, or when it stays in the view', async () => {
    void useList.getState().leaving([3], 'closed')()
    void useList.getState().leaving([2], 'open')()
    await settle()
    expect(place().conversationId).toBe(2)
  })
  it('does not pull the person back who went elsewhere meanwhile', async () => {
    const done = useList.getState().leaving([2], 'closed')
    openConversation(4)
    void done()
    await settle()
    expect(place().conversationId).toBe(4)
  })
  it('does not keep picks of what has left', () => {
    useList.getState().pick([2, 3, 5])
    void useList.getState().leaving([2, 3], 'closed')()
    expect([...useList.getState().picked]).toEqual([5])
  })
})

describe('picks', () => {
  it('do not outlive the list that they were made in, where an act would reach what is not shown', () => {
    useList.getState().pick([2, 3])
    openConversation(3)
    goSettings()
    leaveSettings()
    expect([...useList.getState().picked]).toEqual([2, 3])
    goView('drafts')
    expect([...useList.getState().picked]).toEqual([])
    goSaved('late')
    useList.getState().pick([2, 3])
    goSaved('mine')
    expect([...useList.getState().picked]).toEqual([])
  })
  it('are not gone after an act that failed, and only those of the act are after one that was done', async () => {
    useList.getState().pick([2, 3])
    await actOnPicked([2, 3], () => Promise.resolve(false))
    expect([...useList.getState().picked]).toEqual([2, 3])
    await actOnPicked([2, 3], () => {
      useList.getState().togglePick(5)
      return Promise.resolve(true)
    })
    expect([...useList.getState().picked]).toEqual([5])
  })
})

describe('places', () => {
  it('moving through a list does not fill the history', () => {
    openConversation(3)
    openConversation(4)
    expect(usePlaces.getState().past).toEqual([])
  })
  it('the composer does not lose the list beside it, and Back returns to the conversation', () => {
    usePlaces.getState().go({ kind: 'new-message', draftId: null })
    expect(place()).toMatchObject({ view: 'inbox', conversationId: 2 })
    usePlaces.getState().back()
    expect(usePlaces.getState().place).toMatchObject({ kind: 'inbox', conversationId: 2 })
    usePlaces.getState().forward()
    expect(usePlaces.getState().place.kind).toBe('new-message')
  })
})
