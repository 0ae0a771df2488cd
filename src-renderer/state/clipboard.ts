import { tellFailure } from './acts'
import { showToast } from './toast'

/** Copies text and says so with `told`, or tells why not. */
export async function copyText(text: string, told: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    showToast({ text: told })
  } catch (thrown) {
    tellFailure(thrown)
  }
}
