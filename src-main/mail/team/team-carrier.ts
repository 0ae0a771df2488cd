/** What carries a team's messages from console to console. It is trusted with nothing: all it holds is signed and sealed. */
export interface LogCarrier {
  /** Changes when the store of messages begins anew (UIDVALIDITY, another stream): old places mean nothing then. */
  readonly generation: string
  /** Places of the messages that lie there, oldest first; only those after `after` when it is given. */
  list(after?: string): Promise<string[]>
  /** Places of the messages that were put there as `summary`, oldest first. */
  summaries(): Promise<string[]>
  /** The packs of these messages. A message without one, or too large, comes with an empty pack. */
  fetch(places: readonly string[]): AsyncGenerator<{ readonly place: string; readonly pack: Uint8Array }>
  /** Puts a pack there. `place` null when it is not said where; `serverAt`: the carrier's own time of it, ms. `summary`: what a new console reads first. */
  append(
    pack: Uint8Array,
    summary?: boolean,
  ): Promise<{ readonly place: string | null; readonly serverAt: number | null }>
  /** Asks the server for news, for carriers whose `onChange` may sleep. */
  poke(): Promise<void>
  /** After sleep or a change of network: ends when nothing comes within `ms`. */
  probe(ms: number): Promise<void>
  onChange(listener: (what: 'more' | 'less') => void): void
  onClose(listener: () => void): void
  /** The first one to claim `key` within its time wins; `holder` names the winner. */
  claim(key: string, holder: string, ttlMs: number): Promise<{ readonly won: boolean; readonly holder: string }>
  /** Removes messages; only those that lie elsewhere, or are of no use to anybody. */
  prune(places: readonly string[]): Promise<void>
  close(): Promise<void>
}
