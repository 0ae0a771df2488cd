import { useMemo } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { useQuery } from '../live'

type Here = CallOutput<'presence.list'>
export type Mark = Here['marks'][number] | (Here['drafts'][number] & { doing: 'drafting' })

const none: ReadonlyMap<number, readonly Mark[]> = new Map()

/** Who else is where, by conversation: what they do now before what they have begun, one mark a person. */
export function usePresence(): ReadonlyMap<number, readonly Mark[]> {
  const { data } = useQuery('presence.list', {})
  return useMemo(() => {
    if (!data || data.marks.length + data.drafts.length === 0) return none
    const all: Mark[] = [
      ...data.marks.filter(({ doing }) => doing === 'replying'),
      ...data.drafts.map((draft): Mark => ({ ...draft, doing: 'drafting' })),
      ...data.marks.filter(({ doing }) => doing === 'viewing'),
    ]
    const found = new Map<number, Mark[]>()
    for (const mark of all) {
      const here = found.get(mark.conversationId) ?? []
      if (!here.some((one) => one.person.id === mark.person.id)) found.set(mark.conversationId, [...here, mark])
    }
    return found
  }, [data])
}

const alone: readonly Mark[] = []
export function usePresenceIn(conversationId: number): readonly Mark[] {
  return usePresence().get(conversationId) ?? alone
}
