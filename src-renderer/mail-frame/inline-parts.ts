/** An attachment that the HTML of its mail may show in its text. */
export interface InlinePart {
  readonly id: number
  readonly contentId: string | null
  readonly type: string
}

/** A data: URI for image bytes. */
export function dataUri(type: string, bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return `data:${type};base64,${btoa(binary)}`
}

/** Fetches inline images by Content-ID. What cannot be had (`fetch` rejects or has none) stays out: the mail shows its empty place. */
export async function inlineParts(
  attachments: readonly InlinePart[],
  fetch: (id: number) => Promise<{ type: string; bytes: Uint8Array } | null>,
): Promise<Record<string, string>> {
  const parts: Record<string, string> = {}
  await Promise.all(
    attachments.map(async ({ id, contentId, type }) => {
      if (contentId === null || !type.startsWith('image/')) return
      const image = await fetch(id).catch(() => null)
      if (image) parts[contentId.replace(/^<|>$/g, '')] = dataUri(image.type, image.bytes)
    }),
  )
  return parts
}
