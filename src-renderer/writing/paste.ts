/**
 * Cleans what is pasted into a reply: words and simple form stay; pictures, styles, frames and everything that would be
 * fetched go. The editor's own schema then drops what it has no place for.
 */
export function cleanPaste(html: string): string {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  for (const el of doc.querySelectorAll(
    'img, picture, source, video, audio, iframe, object, embed, svg, math, style, script, link, meta, base, form, input, button, select, textarea, template, noscript',
  ))
    el.remove()
  for (const el of doc.body.querySelectorAll('*')) {
    for (const name of el.getAttributeNames()) {
      const value = el.getAttribute(name) ?? ''
      const keeps =
        (name === 'href' && el.localName === 'a' && /^(?:https?:|mailto:)/i.test(value.trim())) ||
        (name === 'start' && el.localName === 'ol')
      if (!keeps) el.removeAttribute(name)
    }
  }
  return doc.body.innerHTML
}
