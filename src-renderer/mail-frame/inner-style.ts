import type { FrameTheme } from './protocol'

/** Light colours for mails that bring their own: they are shown on paper, whatever the theme. */
const paper = { text: '#26231f', quiet: '#6f6860', link: '#0f5f75', line: '#e8e4de', focus: '#1a86a3' }

/**
 * The style under the mail's own: the app's type, links, folded quotes, missing pictures, and what keeps a mail in its box.
 * `onPaper`: the mail has its own colours and the theme is dark.
 */
export function innerStyle(theme: FrameTheme, onPaper: boolean): string {
  const c = onPaper ? paper : theme
  return `
:root { color-scheme: ${theme.dark && !onPaper ? 'dark' : 'light'}; display: flow-root; block-size: auto !important; min-block-size: 0 !important; overflow: auto hidden;
  background: ${onPaper ? '#fff' : 'transparent'}; ${onPaper ? 'border-radius: 6px;' : ''} scrollbar-width: thin; scrollbar-color: ${c.line} transparent; }
body { margin: 0; padding: ${onPaper ? '12px' : '0'}; block-size: auto !important; min-block-size: 0 !important; font: 400 15px/24px ${theme.font}; color: ${c.text};
  overflow-wrap: anywhere; unicode-bidi: plaintext; letter-spacing: -.006em; -webkit-font-smoothing: antialiased; }
p { margin-block: 0 12px; } p:last-child { margin-block-end: 0; }
a { color: ${c.link}; text-underline-offset: 2px; } :focus-visible { outline: 2px solid ${c.focus}; outline-offset: 1px; border-radius: 2px; }
img, table { max-inline-size: 100%; } img { block-size: auto; } table { overflow-wrap: normal; } td, th { overflow-wrap: break-word; }
pre { white-space: pre-wrap; font: 13px/20px ui-monospace, "DejaVu Sans Mono", monospace; }
blockquote { margin: 0 0 12px; padding-inline-start: 12px; border-inline-start: 2px solid ${c.line}; }
hr { border: 0; border-block-start: 1px solid ${c.line}; }
.postern-missing { display: inline-block; box-sizing: border-box; max-inline-size: 100%; padding: 2px 6px; overflow: hidden; vertical-align: bottom; border-radius: 4px; background: #8886651f; color: ${c.quiet};
  font: 12px/16px ${theme.font}; text-align: start; }
.postern-missing:empty { padding: 0; }
details.postern-quote { margin-block-start: 8px; }
details.postern-quote > summary { display: inline-block; list-style: none; min-inline-size: 28px; block-size: 24px; line-height: 18px; text-align: center; border-radius: 6px; color: ${c.quiet};
  background: #88866526; cursor: default; font-weight: 600; user-select: none; }
details.postern-quote > summary::-webkit-details-marker { display: none; }
details.postern-quote[open] > summary { margin-block-end: 8px; }
`
}

/** What the inner document may do even if something got through: nothing but style itself and show pictures it holds. */
export const innerPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
