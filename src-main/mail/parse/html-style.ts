/** What the styles of hostile HTML say: what they fetch, whether they hide, whether plain text would show the same. */

/** Everything that a style sheet or attribute refers to; `image`: as a picture. */
export function* referencesIn(css: string): Generator<{ target: string; image: boolean }> {
  if (!/url\s*\(|@import|image-set/i.test(css)) return
  for (const [, quoted, plain] of css.matchAll(/url\(\s{0,20}(?:["']([^"'\n]{0,4096})["']|([^\s"'()]{0,4096}))/gi))
    yield { target: decodeCss(quoted ?? plain ?? ''), image: true }
  for (const [, target] of css.matchAll(/@import\s{1,20}["']([^"'\n]{0,4096})["']/gi))
    yield { target: decodeCss(target ?? ''), image: false }
  for (const [, set] of css.matchAll(/image-set\(([^)]{0,4096})\)/gi))
    for (const [, target] of (set ?? '').matchAll(/["']([^"']{1,2048})["']/g))
      yield { target: target ?? '', image: true }
}

function decodeCss(value: string): string {
  return value
    .replace(/\\([0-9a-fA-F]{1,6})\s?/g, (_, hex: string) =>
      String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
    )
    .replace(/\\(.)/g, '$1')
}

/** Whether an element with these attributes is not seen. */
export function isHidden(attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.has('hidden')) return true
  const style = attributes.get('style')
  if (style === undefined) return false
  const rules = style.toLowerCase().replace(/\s+/g, '')
  return (
    /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|opacity:0(?:\.0*)?(?:[;!]|$)|font-size:0(?:\.0*)?(?:px|pt|em|rem|%)?(?:[;!]|$))/.test(
      rules,
    ) ||
    (/(?:^|;)(?:max-)?(?:height|width):0(?:px|pt|em|%)?(?:[;!]|$)/.test(rules) && /(?:^|;)overflow:hidden/.test(rules))
  )
}

/** Styles that plain text need not show: black on nothing, ordinary margins and fonts. */
export function isPlainStyle(style: string): boolean {
  const rules = style.toLowerCase().replace(/\s+/g, '')
  if (
    /background|border(?!-collapse)|image|float|position|width:\d|height:\d{3}|columns|display:(?!block|inline)|text-decoration:line-through|font-size:(?:[2-9]\d|large|x-large|xx-large)/.test(
      rules,
    )
  )
    return false
  const colour = /(?:^|;)color:([^;!]*)/.exec(rules)?.[1]
  return (
    colour === undefined ||
    /^(?:black|#000|#000000|rgb\(0,0,0\)|rgba\(0,0,0,1\)|inherit|initial|windowtext|currentcolor|#1f497d|#222|#222222|#333|#333333)$/.test(
      colour,
    )
  )
}
