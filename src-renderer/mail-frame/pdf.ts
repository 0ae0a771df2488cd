import { getDocument, GlobalWorkerOptions, PasswordException, type PDFDocumentProxy } from 'pdfjs-dist'
import { fromApp, tellApp, type ToPdf } from './protocol'

/**
 * The page that draws one PDF, on the origin of mail: no network, no bridge. Nothing of the document runs and no link of it
 * leads anywhere: pages are pictures, with their words beside them for screen readers.
 */

/** Pages this far outside the view are drawn ahead, and their pictures given back beyond it. */
const around = '800px'
/** A page is drawn with at most so many pixels, and pictures in it are left out beyond as many. */
const mostPixels = 16_000_000

GlobalWorkerOptions.workerPort = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' })

const place = document.querySelector('main') ?? document.body

/** The pages in view or close to it. */
const near = new Set<Element>()

async function drawInto(section: HTMLElement, pdf: PDFDocumentProxy, n: number): Promise<void> {
  const page = await pdf.getPage(n)
  const natural = page.getViewport({ scale: 1 })
  section.style.aspectRatio = `${natural.width} / ${natural.height}`
  const wanted = (section.clientWidth / natural.width) * window.devicePixelRatio
  const viewport = page.getViewport({
    scale: Math.min(wanted, Math.sqrt(mostPixels / (natural.width * natural.height))),
  })
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(viewport.width)
  canvas.height = Math.ceil(viewport.height)
  canvas.setAttribute('aria-hidden', 'true')
  await page.render({ canvas, viewport }).promise
  const words = document.createElement('p')
  words.className = 'words'
  const { items } = await page.getTextContent()
  words.textContent = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('')
  // It may have gone out of view meanwhile: whoever scrolls fast would be left with all pages drawn.
  if (near.has(section)) section.replaceChildren(canvas, words)
  page.cleanup()
}

async function show({ bytes, pageLabel }: ToPdf): Promise<void> {
  const pdf = await getDocument({
    data: bytes,
    // Decoders of rarer pictures are files of ours beside this page, without WebAssembly, which the page may not run.
    wasmUrl: new URL('assets/pdf/', document.baseURI).href,
    useWasm: false,
    useWorkerFetch: false,
    maxImageSize: mostPixels,
    enableXfa: false,
  }).promise
  const first = (await pdf.getPage(1)).getViewport({ scale: 1 })
  const numbers = new Map<Element, number>()
  const observer = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        const n = numbers.get(target)
        if (n === undefined || !(target instanceof HTMLElement)) continue
        if (!isIntersecting) {
          near.delete(target)
          target.replaceChildren()
        } else if (!near.has(target)) {
          near.add(target)
          void drawInto(target, pdf, n).catch(() => target.replaceChildren())
        }
      }
    },
    { root: place, rootMargin: around },
  )
  for (let n = 1; n <= pdf.numPages; n++) {
    const section = document.createElement('section')
    section.setAttribute('aria-label', pageLabel.replace('{n}', String(n)).replace('{all}', String(pdf.numPages)))
    section.style.aspectRatio = `${first.width} / ${first.height}`
    numbers.set(section, n)
    place.append(section)
    observer.observe(section)
  }
}

window.addEventListener('message', (event: MessageEvent<ToPdf>) => {
  if (!fromApp(event) || event.data.type !== 'show') return
  show(event.data).catch((fault: unknown) =>
    tellApp({ type: 'failed', why: fault instanceof PasswordException ? 'locked' : 'unreadable' }),
  )
})
tellApp({ type: 'ready' })
