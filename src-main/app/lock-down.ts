import { app, type Session } from 'electron'
import { appOrigin, mailOrigin } from './protocol'

/** What a frame may hold: the pages that show a mail and a PDF, and the mail itself. */
const frames = [`${mailOrigin}/mail-frame.html`, `${mailOrigin}/pdf-frame.html`, 'about:srcdoc']

/** Of a scheme of our own Node knows no origin: `new URL(…).origin` is "null". */
const isOurs = (url: string): boolean => url.startsWith(`${appOrigin}/`)

/** No page navigates, opens windows, asks for devices or downloads (R8). Links leave only through `openLink`. */
export function lockDown(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { isMainFrame, requestingUrl }) => {
    answer(permission === 'clipboard-sanitized-write' && isMainFrame && isOurs(requestingUrl))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOurs(`${origin}/`),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  session.setSpellCheckerEnabled(false)

  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => {
      if (event.isMainFrame || !frames.includes(event.url)) event.preventDefault()
    })
    contents.on('will-prevent-unload', (event) => event.preventDefault())
  })
}
