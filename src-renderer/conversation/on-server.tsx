import { CloudDownload } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { Message } from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { errorText, t } from '../text'
import { sizeText } from '../text/numbers'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Spinner } from '../ui/spinner'

/** Fetches what is missing of a message; the conversation is asked again by itself when it is there. */
function useFetch(id: number): { busy: boolean; error: CallError | null; fetch: () => void } {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<CallError | null>(null)
  const fetch = useCallback(() => {
    setBusy(true)
    setError(null)
    call('messages.fetch', { id })
      .catch((thrown: unknown) => setError(asCallError(thrown)))
      .finally(() => setBusy(false))
  }, [id])
  return { busy, error, fetch }
}

const networkCodes: ReadonlySet<string> = new Set([
  'offline',
  'host-not-found',
  'connection-refused',
  'connection-lost',
  'timeout',
])

/** A server that cannot be reached is a matter of the network here, not of ports and names. */
function whyText(error: CallError): string {
  return networkCodes.has(error.code) ? t('depth:unreachable') : errorText(error)
}

/** In place of a text that only the server has: it is fetched because the message was opened. */
export function BodyOnServer({ message }: { message: Message }) {
  const { busy, error, fetch } = useFetch(message.id)
  useEffect(fetch, [fetch])
  if (error) {
    return (
      <div className="msg-strip last">
        <Banner
          kind="warn"
          top
          actions={
            <Button size="sm" onClick={fetch}>
              {t('depth:tryAgain')}
            </Button>
          }
        >
          {t('depth:fetchFailed')} {whyText(error)}
        </Banner>
      </div>
    )
  }
  return (
    <div className="msg-body" role="status">
      <p className="x g2 t3">
        {busy && <Spinner />}
        {t(busy ? 'depth:fetching' : 'depth:only')}
      </p>
    </div>
  )
}

/** Under a text whose rest, and whose attachments, only the server has. */
export function RestOnServer({ message }: { message: Message }) {
  const { busy, error, fetch } = useFetch(message.id)
  return (
    <div className="msg-strip last">
      <Banner
        icon={CloudDownload}
        kind={error ? 'warn' : 'plain'}
        actions={
          <Button size="sm" busy={busy} onClick={fetch}>
            {t(busy ? 'depth:fetchingRest' : error ? 'depth:tryAgain' : 'depth:rest')}
          </Button>
        }
      >
        {error ? whyText(error) : t('depth:start', { size: sizeText(message.rawSize) })}
      </Banner>
    </div>
  )
}
