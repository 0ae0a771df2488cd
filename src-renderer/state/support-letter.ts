import { create } from 'zustand'

/** What was typed for the support team and is no draft yet; it stays while whoever writes looks elsewhere. */
export interface SupportLetter {
  /** Null: the address that was written to last. */
  readonly to: string | null
  readonly subject: string
  readonly what: string
  /** Null: the first mailbox. */
  readonly mailboxId: number | null
  /** Diagnostics as they were left; null: none go along. */
  readonly report: string | null
  /** The grant that goes with it, in words. */
  readonly grantLine: string
  /** The grant for the form, which says it in its own words. */
  readonly granted: { readonly name: string; readonly endsAt: number } | null
}

const empty: SupportLetter = {
  to: null,
  subject: '',
  what: '',
  mailboxId: null,
  report: null,
  grantLine: '',
  granted: null,
}

export const useSupportLetter = create<SupportLetter>()(() => empty)

export const writeLetter = (change: Partial<SupportLetter>): void => useSupportLetter.setState(change)

/** It is a draft now. */
export const endLetter = (): void => useSupportLetter.setState(empty)
