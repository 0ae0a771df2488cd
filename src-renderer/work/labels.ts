import type { CallOutput } from '../../src-preload/contract'
import { useQuery } from '../live'

export type Labels = CallOutput<'labels.list'>
const none: Labels = { labels: [], mailboxIds: [] }

/** The mail servers' labels, by name, and the mailboxes that can have some. */
export function useLabels(): Labels {
  return useQuery('labels.list', {}).data ?? none
}
