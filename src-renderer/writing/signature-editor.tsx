import { useEffect } from 'react'
import type { Signature } from '../../src-preload/contract'
import { EditorText, EditorTools, useMessageEditor } from './editor'
import { fromMailHtml } from './rich-text'
import './writing.css'

const plain = (text: string): string => text.replace(/\s+$/, '')

/** The editor of a signature: the same text tools as in a message. */
export function SignatureEditor({
  name,
  value,
  onChange,
}: {
  name: string
  value: Signature
  onChange: (value: Signature) => void
}) {
  const editor = useMessageEditor({
    name,
    html: fromMailHtml(value.html),
    pictures: false,
    onChange: ({ html, text }) => onChange(plain(text) === '' ? { html: '', text: '' } : { html, text: plain(text) }),
    onFiles: () => undefined,
    onSend: () => undefined,
  })
  // taken back elsewhere, or another signature
  useEffect(() => {
    if (!editor.isDestroyed && !editor.isFocused && plain(editor.getText({ blockSeparator: '\n' })) !== value.text)
      editor.commands.setContent(fromMailHtml(value.html), { emitUpdate: false })
  }, [editor, value])
  return (
    <div className="signature-editor">
      <EditorText editor={editor} />
      <EditorTools editor={editor} before={null} />
    </div>
  )
}
