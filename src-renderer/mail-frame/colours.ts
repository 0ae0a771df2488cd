import { filterSheet, splitDeclarations } from './css'

/**
 * Tells a mail that was merely written (black on white, as the program of the sender had it) from a mail that was designed.
 * The first follows the theme; the second keeps its colours, on light paper.
 */

const neutralText = new Set([
  'black',
  'windowtext',
  'initial',
  'inherit',
  'currentcolor',
  'unset',
  'auto',
  'canvastext',
])
const neutralFill = new Set(['white', 'transparent', 'none', 'initial', 'inherit', 'unset', 'window', 'canvas', ''])
const fillProperties = /^background(?:-color|-image)?$/
const colourProperties =
  /^(?:color|background(?:-.*)?|-webkit-text-fill-color|border(?:-.*)?-color|text-decoration-color|caret-color|color-scheme)$/
const linkSelector = /^\s*(?:(?:a|span\.msohyperlink(?:followed)?)(?:[:.[][^,\s]*)?\s*(?:,|$)\s*)+$/i

function channels(value: string): [number, number, number, number] | null {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value)?.[1]
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex
    return [0, 2, 4].map((i) => Number.parseInt(full.slice(i, i + 2), 16)).concat(1) as [number, number, number, number]
  }
  const parts = /^rgba?\(([^)]*)\)$/i
    .exec(value)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number)
  if (!parts || parts.length < 3 || parts.some(Number.isNaN)) return null
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 1]
}

function isNeutralText(value: string): boolean {
  const v = value
    .replace(/!important/i, '')
    .trim()
    .toLowerCase()
  if (neutralText.has(v)) return true
  const c = channels(v)
  if (!c) return false
  const [high, low] = [Math.max(c[0], c[1], c[2]), Math.min(c[0], c[1], c[2])]
  return high <= 0x70 && high - low <= 24
}

function isNeutralFill(value: string): boolean {
  const v = value
    .replace(/!important/i, '')
    .trim()
    .toLowerCase()
  if (neutralFill.has(v)) return true
  const c = channels(v)
  return c !== null && (c[3] === 0 || Math.min(c[0], c[1], c[2]) >= 0xf8)
}

function designedDeclarations(text: string): boolean {
  return splitDeclarations(text).some(
    ({ name, value }) =>
      (name === 'color' && !isNeutralText(value)) || (fillProperties.test(name) && !isNeutralFill(value)),
  )
}

/** Whether the mail brings colours of its own that a dark background would spoil. Links do not count. */
export function hasOwnColours(body: HTMLElement, sheets: readonly string[]): boolean {
  for (const el of [body, ...body.querySelectorAll<HTMLElement>('[style],[bgcolor],[background],[color],[text]')]) {
    const link =
      el.closest('a') !== null || (el.childElementCount > 0 && el.textContent === el.querySelector('a')?.textContent)
    const colour = el.getAttribute('color') ?? el.getAttribute('text')
    if (!link && colour && !isNeutralText(colour)) return true
    const fill = el.getAttribute('bgcolor')
    if (fill && !isNeutralFill(fill)) return true
    if (el.hasAttribute('background')) return true
    if (!link && designedDeclarations(el.getAttribute('style') ?? '')) return true
  }
  return sheets.some((css) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    return [...sheet.cssRules].some(
      (rule) =>
        rule instanceof CSSStyleRule &&
        !linkSelector.test(rule.selectorText) &&
        designedDeclarations(rule.style.cssText),
    )
  })
}

const withoutColours = (text: string): string =>
  splitDeclarations(text)
    .filter(({ name }) => !colourProperties.test(name))
    .map(({ name, value }) => `${name}:${value}`)
    .join(';')

/** Takes the black-on-white colours off, so that the theme's come through. */
export function stripColours(body: HTMLElement, sheets: readonly string[]): string[] {
  for (const el of [body, ...body.querySelectorAll<HTMLElement>('[style],[bgcolor],[color],[text],[bordercolor]')]) {
    for (const name of ['bgcolor', 'color', 'text', 'bordercolor']) el.removeAttribute(name)
    const style = el.getAttribute('style')
    if (style) el.setAttribute('style', withoutColours(style))
  }
  return sheets.map((css) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    const strip = (rules: CSSRuleList): void => {
      for (const rule of rules) {
        if (rule instanceof CSSStyleRule) rule.style.cssText = withoutColours(rule.style.cssText)
        else if (rule instanceof CSSMediaRule || rule instanceof CSSSupportsRule) strip(rule.cssRules)
      }
    }
    strip(sheet.cssRules)
    return filterSheet([...sheet.cssRules].map((rule) => rule.cssText).join('\n'), (address) => address)
  })
}
