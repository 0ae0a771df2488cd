/** What the window gives the page that draws a PDF. */
export interface ToPdf {
  readonly type: 'show'
  readonly bytes: Uint8Array
  /** "Page {n} of {all}", said to screen readers. */
  readonly pageLabel: string
}

/** What that page tells; `failed`: nothing can be drawn, a passphrase among the reasons. */
export type FromPdf =
  | { readonly type: 'ready' }
  | { readonly type: 'shown'; readonly pages: number }
  | { readonly type: 'failed'; readonly why: 'locked' | 'unreadable' }

const kinds: ReadonlySet<unknown> = new Set(['ready', 'shown', 'failed'])

export function isFromPdf(data: unknown): data is FromPdf {
  return typeof data === 'object' && data !== null && 'type' in data && kinds.has(data.type)
}
