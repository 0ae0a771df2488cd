import { Fragment, type ReactNode } from 'react'
import type { Signature } from '../../src-preload/contract'

const shown: Readonly<Record<string, 'b' | 'i' | 'u' | 'ul' | 'ol' | 'li'>> = {
  strong: 'b',
  b: 'b',
  em: 'i',
  i: 'i',
  u: 'u',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
}

/** Of the HTML of a signature only words and their simple form are drawn; everything else is its words. */
function drawn(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent
  if (!(node instanceof Element) || node.matches('script, style, template')) return null
  const children = [...node.childNodes].map(drawn)
  if (node.localName === 'br') return <br key={key} />
  if (node.localName === 'div' || node.localName === 'p') return <div key={key}>{children}</div>
  if (node.localName === 'a')
    return (
      <span key={key} className="signature-link">
        {children}
      </span>
    )
  const Tag = shown[node.localName]
  return Tag ? <Tag key={key}>{children}</Tag> : <Fragment key={key}>{children}</Fragment>
}

/** A signature as it will be read. Its links are shown and lead nowhere here. */
export function SignatureText({ signature }: { signature: Signature }) {
  const { body } = new DOMParser().parseFromString(signature.html, 'text/html')
  return (
    <div className="signature-text" dir="auto">
      {[...body.childNodes].map(drawn)}
    </div>
  )
}
