import { app, type Session } from 'electron'
import { appOrigin, mailOrigin } from './protocol'

/** What a frame may hold: the pages that show a mail and a PDF, and the mail itself. */
const frames = [`${mailOrigin}/mail-frame.html`, `${mailOrigin}/pdf-frame.html`, 'about:srcdoc']

/** No page navigates, opens windows, asks for devices or downloads (R8). Links leave only through `openLink`. */
export function lockDown(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(
      permission === 'clipboard-sanitized-write' &&
        details.isMainFrame &&
        new URL(contents.getURL()).origin === appOrigin,
    )
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && origin.startsWith(appOrigin),
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
