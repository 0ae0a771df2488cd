/** Smallest difference of a colour channel at which text can be told from its ground. */
const leastContrast = 16

function rgba(value: string): [number, number, number, number] {
  const parts =
    /\(([^)]*)\)/
      .exec(value)?.[1]
      ?.split(/[\s,/]+/)
      .map(Number) ?? []
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 1]
}

function groundOf(el: Element, paper: string): [number, number, number, number] | null {
  for (let at: Element | null = el; at; at = at.parentElement) {
    const style = getComputedStyle(at)
    if (style.backgroundImage !== 'none') return null
    const colour = rgba(style.backgroundColor)
    if (colour[3] > 0.5) return colour
  }
  return rgba(paper)
}

/** Whether nothing inside the box can be seen, whatever it is. */
function isHiddenBox(el: HTMLElement): boolean {
  const style = getComputedStyle(el)
  if (!el.checkVisibility() || Number(style.opacity) < 0.1 || Number.parseFloat(style.textIndent) < -400) return true
  if (style.display === 'inline') return false
  const box = el.getBoundingClientRect()
  if (style.overflow !== 'visible' && (box.width < 2 || box.height < 2)) return true
  return style.position === 'absolute' && (box.right < 0 || box.bottom < 0)
}

/** Whether the element's own text cannot be read; elements inside it may have another colour or size. */
function hasHiddenText(el: HTMLElement, paper: string): boolean {
  const style = getComputedStyle(el)
  if (style.visibility !== 'visible' || Number.parseFloat(style.fontSize) < 3) return true
  const ink = rgba(style.webkitTextFillColor || style.color)
  if (ink[3] < 0.1) return true
  const ground = groundOf(el, paper)
  return ground !== null && [0, 1, 2].every((i) => Math.abs((ink[i] ?? 0) - (ground[i] ?? 0)) < leastContrast)
}

/**
 * The text that a person could see in the message, folded quotes and everything hidden by CSS left out (R19).
 * `paper` is the colour behind the message. The document is as before when this returns.
 */
export function visibleText(body: HTMLElement, paper: string): string {
  const boxes: HTMLElement[] = [...body.querySelectorAll<HTMLElement>('details.postern-quote:not([open]), summary')]
  const texts: { node: ChildNode; value: string }[] = []
  for (const el of body.querySelectorAll<HTMLElement>('*')) {
    if (isHiddenBox(el)) boxes.push(el)
    else if (hasHiddenText(el, paper)) {
      for (const node of el.childNodes)
        if (node.nodeType === Node.TEXT_NODE) texts.push({ node, value: node.nodeValue ?? '' })
    }
  }
  const before = boxes.map((el) => el.getAttribute('style'))
  for (const el of boxes) el.style.setProperty('display', 'none', 'important')
  for (const { node } of texts) node.nodeValue = ''
  const text = body.innerText
  for (const { node, value } of texts) node.nodeValue = value
  boxes.forEach((el, i) => {
    const style = before[i]
    if (style === null || style === undefined) el.removeAttribute('style')
    else el.setAttribute('style', style)
  })
  return text
    .replace(/\u00a0/g, ' ')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
