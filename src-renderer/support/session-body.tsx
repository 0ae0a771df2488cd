import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import type { Message, MessageBody } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { HtmlBody, type MailSource } from '../mail-frame/html-body'
import { inlineParts } from '../mail-frame/inline-parts'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Icon } from '../ui/icon'

/** Inline pictures are attachments of the grant, each written down before it is handed out; from outside comes nothing. */
const source: MailSource = {
  parts: (attachments) => inlineParts(attachments, async (id) => (await call('support.attachment', { id })).image),
  remote: null,
  onScreen: null,
}
const nothing = () => undefined
const stay = () => showToast({ text: t('support:noLinks') })

/** The text of a message in the frame without scripts that agents have; its links and remote pictures stay closed. */
export function SessionBody({ message, body }: { message: Message; body: MessageBody }) {
  const [remote, setRemote] = useState(0)
  const [late, setLate] = useState<'late' | 'hopeless' | null>(null)
  const text = <p className="ses-text">{body.text}</p>
  if (body.textSuffices || body.html === null) return text
  return (
    <>
      {remote > 0 && (
        <p className="t3 meta x">
          <Icon icon={ImageOff} small />
          {t('support:remote', { count: Math.max(remote, message.remoteCount) })}
        </p>
      )}
      <div className="ses-html">
        <HtmlBody
          message={message}
          html={body.html}
          source={source}
          remoteAllowed={false}
          foldQuotes={false}
          onLink={stay}
          onRemote={(addresses) => setRemote(addresses.length)}
          onRemoteDone={nothing}
          onLate={setLate}
        />
      </div>
      {late !== null && text}
    </>
  )
}

/** The body of a message that was folded: asked for, and written down, when it is opened. */
export function FetchedBody({ message }: { message: Message }) {
  const { data, error } = useQuery('messages.body', { id: message.id })
  if (error) return <p className="t2">{errorText(error)}</p>
  return data ? <SessionBody message={message} body={data} /> : null
}
