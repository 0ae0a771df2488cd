// The library reads the document in a thread of its own, on the origin of mail.
import 'pdfjs-dist/build/pdf.worker.min.mjs'
