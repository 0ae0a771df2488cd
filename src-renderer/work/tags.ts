import type { CallOutput } from '../../src-preload/contract'
import { useQuery } from '../live'

export type CountedTag = CallOutput<'tags.list'>['tags'][number]
const none: readonly CountedTag[] = []

/** The team's tags in use, by name, with their counts. */
export function useTags(): readonly CountedTag[] {
  return useQuery('tags.list', {}).data?.tags ?? none
}
