import type { CallOutput, Person } from '../../src-preload/contract'
import { useQuery } from '../live'
import { t } from '../text'
import { shortName } from '../text/lists'

/** Everybody that a conversation can be given to, oneself first. */
export function usePeople() {
  return useQuery('people.list', {}).data
}

/** The person at this window, to give something to. */
export const selfIn = ({ self, people }: CallOutput<'people.list'>): Person =>
  people.find((one) => one.id === self) ?? { id: self, name: '' }

/** Whether the person at this window is in a group: the others have no view of groups. */
export const useInGroups = (): boolean => (usePeople()?.ofSelf.length ?? 0) > 0

/** What colleagues call the writer of something. */
export function useWriterName(): (written: { readonly by: string }) => string {
  const everybody = usePeople()?.people.map(({ name }) => name) ?? []
  return ({ by }) => (by === '' ? t('work:someone') : shortName(by, everybody))
}
