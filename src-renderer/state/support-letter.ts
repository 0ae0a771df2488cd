import { create } from 'zustand'
import type { GrantScope } from '../../src-preload/contract/support'

/** What was typed for the support team and is no draft yet; it stays while whoever writes looks elsewhere. */
export interface SupportLetter {
  /** Null: the address that was written to last. */
  readonly to: string | null
  readonly subject: string
  readonly what: string
  /** Null: the first mailbox. */
  readonly mailboxId: number | null
  /** Diagnostics are to go along. */
  readonly attach: boolean
  /** Diagnostics as they were left; null: they are not made yet. */
  readonly report: string | null
  /** The grant that goes with it. */
  readonly granted: {
    readonly name: string
    readonly fingerprint: string
    readonly scope: GrantScope
    readonly endsAt: number
  } | null
}

const empty: SupportLetter = {
  to: null,
  subject: '',
  what: '',
  mailboxId: null,
  attach: false,
  report: null,
  granted: null,
}

export const useSupportLetter = create<SupportLetter>()(() => empty)

export const writeLetter = (change: Partial<SupportLetter>): void => useSupportLetter.setState(change)

/** It is a draft now. */
export const endLetter = (): void => useSupportLetter.setState(empty)
