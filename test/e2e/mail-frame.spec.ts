import { gunzipSync } from 'node:zlib'
import { expect, test, type Frame } from '@playwright/test'
import type { FromFrame, Shown } from '../../src-renderer/mail-frame/protocol'
import { corpusFiles, corpusText, hasCorpus } from '../fixtures/corpora'
import { newProfile, startPostern, type Desk } from './harness'

let desk: Desk
let frame: Frame
let shows = 0
const dialogs: string[] = []

test.beforeAll(async () => {
  desk = await startPostern({ profile: newProfile() })
  desk.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await desk.page.getByRole('heading', { level: 1 }).first().waitFor()
  await desk.app.evaluate(({ session }) => {
    const asked: string[] = []
    Reflect.set(globalThis, 'asked', asked)
    session.defaultSession.webRequest.onBeforeRequest((details, answer) => {
      if (!/^(postern|postern-mail|devtools|data|blob):/.test(details.url)) asked.push(details.url)
      answer({})
    })
  })
  const loaded = desk.page.waitForEvent('frameattached')
  await desk.page.evaluate(async () => {
    const heard: unknown[] = []
    Reflect.set(window, 'heard', heard)
    const element = document.createElement('iframe')
    element.id = 'mail'
    element.setAttribute('sandbox', 'allow-scripts allow-same-origin')
    element.style.cssText = 'position:fixed;inset:0;width:680px;height:2000px;z-index:9'
    const ready = new Promise((resolve) => {
      window.addEventListener('message', (event) => {
        heard.push(event.data)
        if (event.data.type === 'ready') resolve(true)
      })
    })
    element.src = 'postern-mail://frame/mail-frame.html'
    document.body.append(element)
    await ready
  })
  frame = await loaded
})
test.afterAll(async () => desk.close())

const light: Shown['theme'] = {
  dark: false,
  font: 'sans-serif',
  text: 'rgb(0, 0, 0)',
  quiet: '#666',
  link: '#00f',
  line: '#ccc',
  focus: '#00f',
}

async function show(html: string, change: Partial<Shown> = {}): Promise<FromFrame & { type: 'shown' }> {
  const n = ++shows
  const message: Shown & { type: 'show' } = {
    type: 'show',
    n,
    html,
    theme: light,
    parts: {},
    images: {},
    foldQuotes: true,
    labels: { showQuote: 'Show quoted text' },
    ...change,
  }
  // Playwright takes seconds over what is half a million spaces: the mail goes to the page in base64.
  return desk.page.evaluate(
    async ([what, encoded]) => {
      const whole = { ...what, html: new TextDecoder().decode(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0))) }
      const element = document.querySelector<HTMLIFrameElement>('#mail')
      const answer = new Promise<never>((resolve) => {
        const listen = (event: MessageEvent) => {
          if (event.data.type !== 'shown' || event.data.n !== what.n) return
          window.removeEventListener('message', listen)
          resolve(event.data)
        }
        window.addEventListener('message', listen)
      })
      element?.contentWindow?.postMessage(whole, 'postern-mail://frame')
      return answer
    },
    [{ ...message, html: '' }, Buffer.from(html).toString('base64')] as const,
  )
}

async function visibleText(): Promise<string> {
  return desk.page.evaluate(
    async (n) =>
      new Promise<string>((resolve) => {
        window.addEventListener('message', (event) => event.data.type === 'text' && resolve(event.data.text))
        document
          .querySelector<HTMLIFrameElement>('#mail')
          ?.contentWindow?.postMessage({ type: 'text', n, ask: n }, 'postern-mail://frame')
      }),
    shows,
  )
}

/** Everything in the shown mail that could run, load, submit or leave; empty when all is well. */
async function dangers(): Promise<string[]> {
  return frame.evaluate(() => {
    const allowed = new Set(
      'HTML HEAD META STYLE BODY A ABBR ACRONYM ADDRESS ARTICLE ASIDE B BDI BDO BIG BLOCKQUOTE BR CAPTION CENTER CITE CODE COL COLGROUP DD DEL DETAILS DFN DIR DIV DL DT EM FIGCAPTION FIGURE FONT FOOTER H1 H2 H3 H4 H5 H6 HEADER HR I IMG INS KBD LI MAIN MARK MENU NAV OL P PRE Q RP RT RUBY S SAMP SECTION SMALL SPAN STRIKE STRONG SUB SUMMARY SUP TABLE TBODY TD TFOOT TH THEAD TIME TR TT U UL VAR WBR'.split(
        ' ',
      ),
    )
    const found: string[] = []
    const badCss = (css: string) =>
      /url\(\s*["']?(?!["']?data:image\/(?:png|gif|jpe?g|webp|bmp|x-icon|avif))/i.test(css) ||
      /@import|expression\(|javascript:|position:\s*(?:fixed|sticky)|image-set|-moz-binding|(?<![-\w])behavior:/i.test(
        css,
      )
    const inner = document.querySelector('iframe')
    if (inner?.getAttribute('sandbox') !== 'allow-same-origin') found.push('sandbox')
    const doc = inner?.contentDocument
    if (!doc) return ['no document']
    if (
      doc.head.querySelectorAll('meta').length !== 1 ||
      !doc.head.querySelector('meta')?.content.startsWith("default-src 'none'")
    )
      found.push('meta')
    if (doc.body.querySelector('style, meta')) found.push('style or meta in the body')
    // the question of an @supports sets nothing
    const set = (css: string) => css.replace(/@supports[^{]*\{/g, '{')
    for (const el of doc.querySelectorAll('*')) {
      if (!allowed.has(el.nodeName) || el.namespaceURI !== 'http://www.w3.org/1999/xhtml')
        found.push(`<${el.nodeName}>`)
      if (el.nodeName === 'STYLE' && badCss(set(el.textContent))) found.push(`css ${el.textContent.slice(0, 200)}`)
      for (const { name, value } of el.attributes) {
        if (
          /^on|^xmlns|:|srcset|srcdoc|action|poster|ping|target|data$|longdesc|usemap|http-equiv/i.test(name) &&
          !(el.nodeName === 'META')
        )
          found.push(`${el.nodeName} ${name}=${value}`)
        if (name === 'href' && !/^#\d+$/.test(value)) found.push(`href=${value}`)
        if (
          (name === 'src' || name === 'background') &&
          !/^data:image\/(?:png|gif|jpe?g|webp|bmp|x-icon|avif)[;,]/i.test(value)
        )
          found.push(`${name}=${value}`)
        if (name === 'style' && badCss(value)) found.push(`style=${value}`)
      }
    }
    if (Reflect.get(window, 'canary') !== undefined) found.push('a script ran')
    return found
  })
}

async function expectHarmless(name: string, html: string): Promise<void> {
  await show(html)
  expect(await dangers(), name).toEqual([])
}

async function expectSilence(): Promise<void> {
  expect(dialogs).toEqual([])
  expect(await desk.page.evaluate(() => Reflect.get(window, 'canary') ?? 'nothing')).toBe('nothing')
  expect(await desk.app.evaluate(() => Reflect.get(globalThis, 'asked'))).toEqual([])
}

const canary = 'canary.example'
const leaks = [
  '<img src="http://H/1"><img srcset="http://H/2 1x"><img src=x onerror="window.canary=top.canary=1"><picture><source srcset="http://H/3"><img></picture><input type=image src="http://H/4">',
  '<link rel=stylesheet href="http://H/5"><link rel=preconnect href="http://H"><link rel=dns-prefetch href="//H"><link rel=prefetch href="http://H/6"><link rel=icon href="http://H/7"><link rel=modulepreload href="http://H/8">',
  '<meta http-equiv=refresh content="0;url=http://H/9"><base href="http://H/"><img src="relative.png"><a href="relative">x</a>',
  '<style>@import "http://H/10";@import url(http://H/11);@font-face{font-family:f;src:url(http://H/12)}*{font-family:f}body{background:url(http://H/13)}p::before{content:url(http://H/14)}li{list-style:url(http://H/15)}div{cursor:url(http://H/16),auto;mask:url(http://H/17);filter:url(http://H/18#x);border-image:url(http://H/19) 1;shape-outside:url(http://H/20)}</style><p>x</p><ul><li>y</ul><div>z</div>',
  '<style>:root{--a:url(http://H/21)}p{background:var(--a)}b{background:image-set("http://H/22" 1x)}i{background:u\\72l(http://H/23)}u{background:-webkit-image-set(url(http://H/24) 1x)}@media screen{s{background:url(http://H/25)}}@supports(display:block){em{background:url("http://H/26")}}@layer x{a{background:url(http://H/27)}}@property --x{syntax:"<url>";inherits:false;initial-value:url(http://H/28)}</style><p>a<b>b<i>c<u>d<s>e<em>f',
  '<div style="background:url(http://H/29)">x</div><div style="background-image:u\\72 l(\'http://H/30\')">y</div><td background="http://H/31">z</td><body background="http://H/32"><table background=//H/33><tr><td>t</table>',
  '<iframe src="http://H/34"></iframe><iframe srcdoc="<img src=http://H/35>"></iframe><object data="http://H/36"></object><embed src="http://H/37"><applet code=x codebase="http://H/38"></applet><frameset><frame src="http://H/39"></frameset>',
  '<video src="http://H/40" poster="http://H/41" autoplay></video><audio src="http://H/42" autoplay></audio><video><source src="http://H/43"><track src="http://H/44"></video><bgsound src="http://H/45">',
  '<svg><image href="http://H/46"/><use href="http://H/47#x"/><script>window.canary=1</script><foreignObject><img src="http://H/48"></foreignObject><style>*{background:url(http://H/49)}</style></svg><math><mtext><img src="http://H/50"></mtext></math>',
  '<form action="http://H/51"><input autofocus onfocus="window.canary=1"><button formaction="http://H/52">x</button></form><isindex action="http://H/53"><a href="http://H/54" ping="http://H/55" target=_top>a</a><map name=m><area href="http://H/56" shape=default></map><img usemap="#m">',
  '<script src="http://H/57"></script><script>window.canary=1;top.canary=1</script><body onload="window.canary=1" onpageshow="canary=1"><details open ontoggle="window.canary=1">x</details><marquee onstart="window.canary=1">',
  '<template><img src="http://H/58"></template><noscript><img src="http://H/59"></noscript><noembed><img src="http://H/60"></noembed><plaintext><img src="http://H/61">',
  '<style><!-- --></style><img src="http://H/62"><style>a{}</style/><img src="http://H/63"><xmp><img src="http://H/64"></xmp><title><img src="http://H/65"></title>',
  '<a href="javascript:window.canary=1">x</a><a href="java\tscript:window.canary=1">y</a><a href="data:text/html,<script>canary=1</script>">z</a><img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'><image href=\'http://H/66\'/></svg>"><img src="file:///etc/passwd"><img src="postern://app/index.html"><img src="blob:x"><img src="\\\\H\\share\\a.png">',
  '<blockquote cite="http://H/67"><q cite="http://H/68">q</q></blockquote><img longdesc="http://H/69" lowsrc="http://H/70" dynsrc="http://H/71"><table><tr><td><img src=" \n http://H/72"></table><ins cite="http://H/73">i</ins>',
]

test('no mail that tries to tell its sender anything loads, runs or keeps an address (R11, R12)', async () => {
  for (const [index, leak] of leaks.entries()) {
    const html = leak.replaceAll('H/', `${canary}/`).replaceAll('//H', `//${canary}`)
    await show(html)
    expect(await dangers(), `leak ${index}`).toEqual([])
    expect(
      await frame.evaluate(() => document.querySelector('iframe')?.contentDocument?.documentElement.outerHTML),
      `leak ${index}`,
    ).not.toContain(`${canary}/`)
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  await expectSilence()
})

test('no mail of the foreign sets keeps anything that runs, loads, submits or leaves (R11)', async () => {
  test.setTimeout(600_000)
  test.skip(!hasCorpus('html-dompurify'), 'the foreign mail is not beside the repository')
  const mails: [string, string][] = []
  const pairs: unknown = JSON.parse(corpusText('html-dompurify', 'expect.json'))
  for (const [index, pair] of (Array.isArray(pairs) ? pairs : []).entries())
    mails.push([`dompurify ${index}`, String(pair.payload ?? pair.input)])
  for (const match of corpusText('html-loofah', 'testdata_sanitizer_tests1.dat').matchAll(
    /"input": ("(?:[^"\\]|\\.)*")/g,
  ))
    mails.push(['loofah', String(JSON.parse(match[1] ?? '""'))])
  for (const set of ['html-loofah', 'html-htmlsanitizer', 'html-caniemail', 'html-jsoup', 'talon']) {
    for (const { name, read } of corpusFiles(set, '.html')) mails.push([`${set}/${name}`, read().toString('utf8')])
    for (const { name, read } of corpusFiles(set, '.html.gz'))
      mails.push([`${set}/${name}`, gunzipSync(read()).toString('utf8').slice(0, 3_000_000)])
  }
  expect(mails.length).toBeGreaterThan(400)
  for (const [name, html] of mails) await expectHarmless(name, html)
  await expectSilence()
  console.info(`${mails.length} foreign mails and fragments: 0 scripts, 0 addresses left`)
})

test('no link of a mail can be followed by the browser itself (R16)', async () => {
  await show(
    '<a href="https://a.example/x">web</a> <a href="mailto:a@b.example">mail</a> <a href="javascript:1">js</a> <a href="tel:1">tel</a> <a href="#there">in</a><p id="there">here</p>',
  )
  expect(
    await frame.evaluate(() =>
      [...(document.querySelector('iframe')?.contentDocument?.querySelectorAll('a') ?? [])].map((a) =>
        a.getAttribute('href'),
      ),
    ),
  ).toEqual(['#0', '#1', null, null, '#2'])
  await frame.evaluate(() => document.querySelector('iframe')?.contentDocument?.querySelector('a')?.click())
  await expect
    .poll(async () =>
      desk.page.evaluate(
        (n) =>
          JSON.stringify(
            Reflect.get(window, 'heard').filter(
              (one: { n: number; type: string }) => one.n === n && one.type === 'link',
            ),
          ),
        shows,
      ),
    )
    .toContain('https://a.example/x')
  expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('remote images are named and not loaded; allowed ones are shown from what was handed in (R13)', async () => {
  const html =
    '<img src="https://a.example/1.png" alt="one"><img src="//b.example/2.png"><img width=1 height=1 src="http://t.example/dot"><div style="background:url(https://c.example/3.png)">x</div><img src="cid:part1"><img src="CID:none">'
  const { remote } = await show(html)
  expect(remote.toSorted()).toEqual([
    'http://t.example/dot',
    'https://a.example/1.png',
    'https://b.example/2.png',
    'https://c.example/3.png',
  ])
  const pixel =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await show(html, {
    images: { 'https://a.example/1.png': pixel, 'https://c.example/3.png': pixel },
    parts: { part1: pixel, none: 'data:image/svg+xml,<svg/>' },
  })
  expect(await dangers()).toEqual([])
  expect(
    await frame.evaluate(
      () => document.querySelector('iframe')?.contentDocument?.querySelectorAll('img[src^="data:"]').length,
    ),
  ).toBe(2)
  expect(
    await frame.evaluate(
      () => document.querySelector('iframe')?.contentDocument?.querySelector('div')?.style.backgroundImage,
    ),
  ).toContain('data:image/png')
})

test('a reply does not quote what could not be seen (R19)', async () => {
  await show(`<p>seen</p><p style="display:none">h1</p><p style="visibility:hidden">h2<span style="visibility:visible">seen too</span></p><p style="opacity:0">h3</p><p style="font-size:0">h4</p><p style="font-size:1px">h5</p>
    <p style="color:#fff">h6</p><p style="color:transparent">h7</p><div style="height:0;overflow:hidden">h8</div><p style="position:absolute;left:-9999px">h9</p><p style="text-indent:-9999px">h10</p><div style="max-height:0;overflow:hidden"><p>h11</p></div>
    <div style="background:#000;color:#fff">light on dark</div><details><summary>more</summary>h12</details><div class="gmail_quote">On 3 Nov 2026, A &lt;a@b.example&gt; wrote:<blockquote>h13</blockquote></div>`)
  const text = await visibleText()
  for (const word of ['seen', 'seen too', 'light on dark']) expect(text).toContain(word)
  expect(text).not.toMatch(/h\d/)
})

test.describe('quoted text', () => {
  test('of known programs is folded, and the answer stays', async () => {
    test.skip(!hasCorpus('talon'), 'the foreign mail is not beside the repository')
    const folded: string[] = []
    const files = corpusFiles('talon', '.html').filter(({ name }) => name.startsWith('html_replies'))
    for (const { name, read } of files) {
      await show(read().toString('utf8'))
      const text = await visibleText()
      if (/Hi\. I am fine/.test(text) && !/How are you\?/.test(text)) folded.push(name)
    }
    console.info(
      `html replies folded: ${folded.length} of ${files.length}; not: ${files
        .map(({ name }) => name)
        .filter((name) => !folded.includes(name))
        .join(' ')}`,
    )
    expect(folded.length).toBeGreaterThanOrEqual(files.length - 1)
  })

  test('between which somebody answered, and forwarded mail, is not hidden', async () => {
    await show(
      '<blockquote type="cite">one</blockquote><p>answer</p><blockquote type="cite">two</blockquote><p>second answer</p>',
    )
    expect(await visibleText()).toContain('second answer')
    await show(
      '<p>See</p><div class="gmail_quote">---------- Forwarded message ---------<br>From: a@b.example<br><p>the offer</p></div>',
    )
    expect(await visibleText()).toContain('the offer')
    await show('<div class="gmail_quote"><blockquote>all there is</blockquote></div>')
    expect(await visibleText()).toContain('all there is')
  })

  test('leaves no blank lines above its button, and takes no words or pictures with them', async () => {
    const quote =
      '<div class="gmail_quote">On 3 Nov 2026, A &lt;a@b.example&gt; wrote:<blockquote>old</blockquote></div>'
    for (const gap of ['', '<br><br>', '<div><br></div>\n<div><br></div>', '<div>&nbsp;<p></p></div><br>']) {
      const { height } = await show(`<div>Priya${gap}</div>${gap}${quote}`)
      const plain = await show(`<div>Priya</div>${quote}`)
      expect(height, gap).toBe(plain.height)
      expect(await visibleText()).toBe('Priya')
    }
    await show(`<div>Priya<br><img alt="logo" width=90 height=30></div>${quote}`)
    expect(await visibleText()).toContain('logo')
  })
})

test('a mail cannot grow without end or leave its frame (R15)', async () => {
  const { height } = await show(
    '<style>div{position:fixed;inset:0;width:9999px;height:100vh;z-index:2147483647}body{height:100vh;padding:50px;min-height:100vh;margin:0}</style><div>x</div><p style="height:1e9px">y</p>',
  )
  expect(height).toBeLessThanOrEqual(60_000)
  const before = (await show('<style>body{min-height:100vh;padding:20px}</style><p>x</p>')).height
  await new Promise((resolve) => setTimeout(resolve, 400))
  const after = await frame.evaluate(() => document.querySelector('iframe')?.getBoundingClientRect().height)
  expect(after).toBe(before)
})

test('no moment of another ground comes with a change of theme', async () => {
  await show('<p style="color:#222">x</p>')
  await frame.evaluate(() => {
    const seen = new Set<string>()
    Reflect.set(window, 'seen', seen)
    const look = () => {
      const doc = document.querySelector<HTMLIFrameElement>('iframe:not(.next)')?.contentDocument
      if (doc)
        seen.add(
          [document.documentElement, doc.documentElement]
            .map((root) => getComputedStyle(root).colorScheme)
            .join(' around '),
        )
    }
    look()
    setInterval(look, 1)
  })
  await desk.page.evaluate(
    ([n, theme]) => {
      document
        .querySelector<HTMLIFrameElement>('#mail')
        ?.contentWindow?.postMessage({ type: 'theme', n, theme }, 'postern-mail://frame')
    },
    [shows, { ...light, dark: true }] as const,
  )
  const seen = () => frame.evaluate(() => [...(Reflect.get(window, 'seen') as Set<string>)])
  await expect.poll(seen).toContain('dark around dark')
  expect(await seen()).toEqual(['light around light', 'dark around dark'])
})

test('a plain mail follows the dark theme, a designed one keeps its colours', async () => {
  const dark = { ...light, dark: true, text: 'rgb(236, 233, 227)' }
  const colour = () =>
    frame.evaluate(() => {
      const doc = document.querySelector('iframe')?.contentDocument
      return doc
        ? [
            getComputedStyle(doc.querySelector('p') ?? doc.body).color,
            getComputedStyle(doc.documentElement).backgroundColor,
          ]
        : []
    })
  await show(
    '<style>p.MsoNormal{color:windowtext}</style><body bgcolor=white><p class=MsoNormal style="color:#222;background:#fff">x</p>',
    { theme: dark },
  )
  expect(await colour()).toEqual(['rgb(236, 233, 227)', 'rgba(0, 0, 0, 0)'])
  await show('<body bgcolor="#eef"><p style="color:#a00">x</p>', { theme: dark })
  expect(await colour()).toEqual(['rgb(170, 0, 0)', 'rgb(255, 255, 255)'])
})
