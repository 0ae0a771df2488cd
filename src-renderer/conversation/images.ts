import { call } from '../client'

/** Remote images of one message that are fetched at the same time. */
const together = 6

/** A data: URI for image bytes. */
export function dataUri(type: string, bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return `data:${type};base64,${btoa(binary)}`
}

/** Fetches inline images by Content-ID. What cannot be had stays out: the mail shows its empty place. */
export async function inlineParts(
  attachments: readonly { id: number; contentId: string | null; type: string }[],
): Promise<Record<string, string>> {
  const parts: Record<string, string> = {}
  await Promise.all(
    attachments.map(async ({ id, contentId, type }) => {
      if (contentId === null || !type.startsWith('image/')) return
      const image = await call('attachments.image', { id }).catch(() => null)
      if (image) parts[contentId.replace(/^<|>$/g, '')] = dataUri(image.type, image.bytes)
    }),
  )
  return parts
}

/** Fetches remote images that the person allowed for this message (R13, R14); `got` hears of each that came. */
export async function remoteImages(
  id: number,
  addresses: readonly string[],
  got: (images: Record<string, string>) => void,
): Promise<{ failed: number }> {
  const waiting = [...addresses]
  let failed = 0
  const work = async (): Promise<void> => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      try {
        const image = await call('messages.remoteImage', { id, url })
        got({ [url]: dataUri(image.type, image.bytes) })
      } catch {
        failed += 1
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(together, addresses.length) }, work))
  return { failed }
}
