import { Pencil, X } from 'lucide-react'
import { noSignature, signatureFor } from '../../src-preload/contract'
import { t } from '../text'
import { IconButton } from '../ui/button'
import { fromMailHtml } from '../writing/rich-text'
import { SignatureText } from '../writing/signature-text'
import type { ChosenFrom } from './from-choice'
import type { Composer } from './use-composer'

/**
 * The signature of the address that a message leaves from, as a block of its own below the text: another address changes
 * the block and nothing of what was typed. It can be left out, or become text of this message.
 */
export function SignatureBlock({
  composer: { desk, state, editor, settings },
  from,
}: {
  composer: Composer
  from: ChosenFrom | null
}) {
  const signature = from ? signatureFor(from.mailbox, from.address, settings?.signature ?? noSignature) : noSignature
  if (signature.text.trim() === '') return null
  if (state.content.signed === false) {
    return (
      <div className="c-unsigned">
        <button type="button" className="link" onClick={() => desk.edit({ signed: true })}>
          {t('composer:signature.add')}
        </button>
      </div>
    )
  }
  const change = () => {
    editor
      .chain()
      .focus('end')
      .insertContentAt(editor.state.doc.content.size, `<p></p>${fromMailHtml(signature.html)}`)
      .run()
    desk.edit({ signed: false })
  }
  return (
    <div className="c-signature" role="group" aria-label={t('composer:signature.name')}>
      <SignatureText signature={signature} />
      <span className="x acts">
        <IconButton icon={Pencil} size="sm" label={t('composer:signature.change')} onClick={change} />
        <IconButton
          icon={X}
          size="sm"
          label={t('composer:signature.leaveOut')}
          onClick={() => desk.edit({ signed: false })}
        />
      </span>
    </div>
  )
}
