/** Between the editor's document and the two forms that are sent: HTML as mail programs write it, and plain text. */

export interface DocNode {
  type?: string | undefined
  text?: string | undefined
  attrs?: Readonly<Record<string, unknown>> | undefined
  marks?: readonly { type: string; attrs?: Readonly<Record<string, unknown>> | undefined }[] | undefined
  content?: readonly DocNode[] | undefined
}

/** A picture is never wider than the window in which it is read. */
const wideImage = '<img style="max-width:100%;height:auto"'

/** A line of the editor is a paragraph without margins; in mail that is a `div`, and an empty one holds a break. */
export function toMailHtml(html: string): string {
  return html
    .replace(/<p><\/p>/g, '<div><br></div>')
    .replace(/<p(?=[\s>])/g, '<div')
    .replace(/<\/p>/g, '</div>')
    .replace(/<img(?=\s)/g, wideImage)
}

/** Back from `toMailHtml`. */
export function fromMailHtml(html: string): string {
  return html
    .replace(/<div><br><\/div>/g, '<p></p>')
    .replace(/<div(?=[\s>])/g, '<p')
    .replace(/<\/div>/g, '</p>')
    .replaceAll(wideImage, '<img')
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Plain text as lines of the editor. */
export function htmlOfText(text: string): string {
  return text
    .split('\n')
    .map((line) => `<p>${line.replace(/[&<>"]/g, (c) => escapes[c] ?? c)}</p>`)
    .join('')
}

function inline(nodes: readonly DocNode[] | undefined): string {
  return (nodes ?? [])
    .map((node, index, all) => {
      if (node.type === 'hardBreak') return '\n'
      if (node.type === 'image') return `[${typeof node.attrs?.['alt'] === 'string' ? node.attrs['alt'] : 'image'}]`
      const text = (node.text ?? '').replace(/\u00a0/g, ' ')
      const href = hrefOf(node)
      if (href === null || hrefOf(all[index + 1]) === href) return text
      const shown = href.replace(/^(?:mailto:|https?:\/\/)/i, '').replace(/\/$/, '')
      return text.replace(/^https?:\/\//i, '').replace(/\/$/, '') === shown ? text : `${text} <${href}>`
    })
    .join('')
}

function hrefOf(node: DocNode | undefined): string | null {
  const href = node?.marks?.find((mark) => mark.type === 'link')?.attrs?.['href']
  return typeof href === 'string' ? href : null
}

function block(node: DocNode, index: number, start: number): string[] {
  switch (node.type) {
    case 'bulletList':
      return (node.content ?? []).flatMap((item) => indented(item, '- '))
    case 'orderedList': {
      const first = Number(node.attrs?.['start'] ?? 1)
      return (node.content ?? []).flatMap((item, at) => indented(item, `${first + at}. `))
    }
    case 'blockquote':
      return blocks(node.content).map((line) => (line === '' ? '>' : `> ${line}`))
    case 'paragraph':
      return inline(node.content).split('\n')
    default:
      return node.content ? blocks(node.content) : index === start ? [] : ['']
  }
}

function indented(item: DocNode, mark: string): string[] {
  return blocks(item.content).map((line, index) => (index === 0 ? mark + line : ' '.repeat(mark.length) + line))
}

function blocks(nodes: readonly DocNode[] | undefined): string[] {
  return (nodes ?? []).flatMap((node, index) => block(node, index, 0))
}

/** The plain text alternative: lists with dashes, quotes with `>`, links with their address behind them, pictures by name. */
export function toPlainText(doc: DocNode): string {
  return blocks(doc.content).join('\n').replace(/\s+$/, '')
}

/** What an empty message begins with: a line to write on. */
export const startHtml = '<p></p>'

/** Whether nothing was written. */
export const isBlank = (text: string): boolean => text.trim() === ''
