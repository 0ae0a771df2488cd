import { useState } from 'react'
import { asCallError, type CallError } from '../client'
import { errorText } from '../text'

/**
 * What a dialog does at its end: busy while it is done, the sentence when it fails, else it closes, unless `does` says `false`.
 * @param words a sentence of the dialog's own for an error; undefined for the usual one
 */
export function useFinish(
  onClose: () => void,
  words: (error: CallError) => string | undefined = () => undefined,
): { busy: boolean; failure: string | null; finish: (does: () => Promise<void | false>) => void } {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const run = async (does: () => Promise<void | false>) => {
    if (busy) return
    setBusy(true)
    setFailure(null)
    try {
      if ((await does()) === false) setBusy(false)
      else onClose()
    } catch (thrown) {
      const error = asCallError(thrown)
      setFailure(words(error) ?? errorText(error))
      setBusy(false)
    }
  }
  return { busy, failure, finish: (does) => void run(does) }
}
