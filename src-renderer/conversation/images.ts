import { call } from '../client'
import { dataUri, inlineParts } from '../mail-frame/inline-parts'
import type { MailSource } from '../mail-frame/html-body'
import { onScreen } from './visible'

/** Remote images of one message that are fetched at the same time. */
const together = 6

/** Fetches remote images that the person allowed for this message (R13, R14); `got` hears of each that came. */
async function remoteImages(
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

/** Pictures of a mail in an agent's window; what is seen of it is quoted in a reply. */
export const mailSource: MailSource = {
  parts: (attachments) => inlineParts(attachments, (id) => call('attachments.image', { id })),
  remote: remoteImages,
  onScreen,
}
