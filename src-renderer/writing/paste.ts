import { isCarried, sizeOf } from './pictures'

function parse(html: string): HTMLElement {
  return new DOMParser().parseFromString(html, 'text/html').body
}

/** Whether what is pasted says something; a picture copied from a page comes with HTML that holds nothing else. */
export const hasWords = (html: string): boolean => (parse(html).textContent ?? '').trim() !== ''

/**
 * Cleans what is pasted into a message: words and simple form stay; styles, frames and everything that would be fetched
 * go. The editor's own schema then drops what it has no place for.
 * @param room bytes of pictures that may come along; those that do not fit go too
 */
export function cleanPaste(html: string, room: number): string {
  const body = parse(html)
  for (const el of body.querySelectorAll(
    'picture, source, video, audio, iframe, object, embed, svg, math, style, script, link, meta, base, form, input, button, select, textarea, template, noscript',
  ))
    el.remove()
  let left = room
  for (const image of body.querySelectorAll('img')) {
    const src = image.getAttribute('src') ?? ''
    if (isCarried(src) && sizeOf(src) <= left) left -= sizeOf(src)
    else image.remove()
  }
  for (const el of body.querySelectorAll('*')) {
    for (const name of el.getAttributeNames()) {
      const value = el.getAttribute(name) ?? ''
      const keeps =
        (name === 'href' && el.localName === 'a' && /^(?:https?:|mailto:)/i.test(value.trim())) ||
        ((name === 'src' || name === 'alt') && el.localName === 'img') ||
        (name === 'start' && el.localName === 'ol')
      if (!keeps) el.removeAttribute(name)
    }
  }
  return body.innerHTML
}
