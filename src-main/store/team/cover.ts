import { noBlob } from '../../crypto/blob'
import type { Reader } from '../file/database'
import { seenOf } from './events'
import { frontier } from './frontier'
import type { Frontier } from './reduce'

/** Up to which batch of each device something reaches, and the blob of that batch. */
export type Cover = Readonly<Record<string, { readonly seq: number; readonly hash: string }>>

/** The hash of a device's blob, where it is known here. */
export function blobAt(read: Reader, device: string, seq: number): string | null {
  if (seq === 0) return noBlob
  return (
    read.get<{ hash: string }>(
      "SELECT hash FROM team_blobs WHERE device = ? AND seq = ? AND kind = 'log' AND state = 'applied'",
      device,
      seq,
    )?.hash ??
    read.get<{ hash: string }>(
      "SELECT hash FROM team_frontier WHERE device = ? AND seq = ? AND hash <> ''",
      device,
      seq,
    )?.hash ??
    null
  )
}

/**
 * Whether a batch of `device` claims to have seen batch `count` of `other` and cannot have: that one's batch `last`, the newest here, knew
 * of it, or of an earlier one that claimed as much, so all that had been written by then are here.
 */
export function isFalseClaim(
  read: Reader,
  { device, seq, other, count, last }: { device: string; seq: number; other: string; count: number; last: number },
): boolean {
  if (count <= last) return false
  const known = Math.min(seq, seenAt(read, other, last)[device] ?? 0)
  return known === seq || (known > 0 && (seenAt(read, device, known)[other] ?? 0) >= count)
}

/** What a device had seen at one of its batches, as far as that is here. */
export const seenAt = (read: Reader, device: string, seq: number): Frontier =>
  seenOf(
    read.get<{ seen: string }>('SELECT seen FROM team_batches WHERE device = ? AND seq = ?', device, seq)?.seen ?? '{}',
  )

/**
 * What the owner's console can put into a snapshot: everything here that no later word of the roster can judge otherwise, since cut-offs
 * and roles begin after what the owner has seen; and nothing that had seen what is not in it.
 */
export function coverable(read: Reader, own: string): Cover {
  const here: Record<string, number> = {
    ...frontier(read),
    [own]:
      read.get<{ seq: number | null }>(
        "SELECT max(seq) AS seq FROM team_blobs WHERE device = ? AND kind = 'log' AND state = 'applied'",
        own,
      )?.seq ?? 0,
  }
  const most = new Map<string, number>()
  for (const { device, cut_off: cutOff } of read.all<{ device: string; cut_off: number | null }>(
    'SELECT device, cut_off FROM team_devices',
  )) {
    const fork = read.get<{ seq: number }>('SELECT seq FROM team_forks WHERE device = ?', device)?.seq
    most.set(
      device,
      Math.min(cutOff ?? Number.POSITIVE_INFINITY, fork === undefined ? Number.POSITIVE_INFINITY : fork - 1),
    )
  }
  const reach = new Map([...most].map(([device, cap]) => [device, Math.min(here[device] ?? 0, cap)]))
  const upTo = new Map(reach)
  const closed = (device: string, seq: number): boolean =>
    Object.entries(seenAt(read, device, seq)).every(
      ([other, count]) =>
        other === device ||
        Math.min(count, most.get(other) ?? 0) <= (upTo.get(other) ?? 0) ||
        isFalseClaim(read, { device, seq, other, count, last: reach.get(other) ?? 0 }),
    )
  for (let changed = true; changed;) {
    changed = false
    for (const [device, start] of upTo) {
      let seq = start
      while (seq > 0 && !closed(device, seq)) seq--
      if (seq === start) continue
      upTo.set(device, seq)
      changed = true
    }
  }
  const marked = [...upTo]
    .filter(([, seq]) => seq > 0)
    .map(([device, seq]) => [device, { seq, hash: blobAt(read, device, seq) ?? '' }] as const)
  // Without all marks it would not be closed any more.
  return marked.every(([, { hash }]) => hash !== '') ? Object.fromEntries(marked) : {}
}

/** Whether a batch lies in what a cover reaches over. */
export const covers = (cover: Cover, device: string, seq: number): boolean => seq <= (cover[device]?.seq ?? 0)
