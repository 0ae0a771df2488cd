/**
 * Recognises the lines that mail programs put above quoted text: "On Tue, Ana wrote:", "Von: … Gesendet: …",
 * "-----Original Message-----", in the languages that these programs speak.
 */

const verbs = [
  'wrote',
  'writes',
  'schrieb',
  'geschrieben',
  'a écrit',
  'a ecrit',
  'écrit',
  'escribió',
  'escribio',
  'ha scritto',
  'scritto',
  'escreveu',
  'schreef',
  'geschreven',
  'napisał',
  'napisała',
  'napisał\\(a\\)',
  'napisał/-a',
  'pisze',
  'skrev',
  'skreiv',
  'kirjoitti',
  'пишет',
  'написал',
  'написала',
  'написал\\(а\\)',
  'писал',
  'пише',
  'написав',
  'yazdı',
  'şunu yazdı',
  'napsal',
  'napsala',
  'napsal\\(a\\)',
  'napísal',
  'írta',
  'ezt írta',
  'a scris',
  'έγραψε',
  'đã viết',
  '写道',
  '寫道',
  '書きました',
  '님이 작성',
  'wrote the following',
  'كتب',
  'כתב',
  'כתבה',
  'menulis',
].join('|')
const opener =
  /^[\s>*_]*(?:on|le|am|den|el|em|il|op|w dniu|dnia|på|pe|ke|a|à|на|dne|dňa|в|vào|\d{1,4}[./\-年]|(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so|tir|ons|tor|fre|lør|søn|man|ma|ti|ke|pe|la|su|ср|пн|вт|чт|пт|сб|вс)[a-z]*[., ])/iu
const verbEnd = new RegExp(`(?:${verbs})[^\\n]{0,80}[:：]\\s*\\*?\\s*$`, 'iu')
const verbEndBare = /\bwrote\s*$/i
const numberOrAddress = /\d|@/
/** All that follows costs much for each line of a mail, and every attribution ends in one of these. */
const ending = /(?:[:：][\s*]*|\bwrote\s*)(?:-{2,})?$/i
/** "Ana Ferreira <ana@example.com> schrieb am 4. Mai 2026 um 10:31:" */
const nameFirst = new RegExp(
  `(?:<[^>]*@[^>]*>|@|^[\\p{L}\\p{M}"'. ,()-]{2,80})\\s*(?:\\S+\\s+){0,2}(?:${verbs})(?!\\p{L})`,
  'iu',
)
/** "2026年11月20日(金) 10:31 Ana <ana@example.com>:" and the like: a date, an address, a colon, no verb. */
const dateAddress = /\d{1,4}[年./\- ].*<[^<>\s]+@[^<>\s]+>\s*[:：]\s*$/u

const original =
  /^[\s>*]*[-_=~]{2,}\s*(?:original(?:e|es)?\s+(?:message|nachricht|bericht|meddelande)|original appointment|ursprüngliche (?:nachricht|e-?mail)|message d'origine|message d’origine|message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|oprindelig (?:meddelelse|besked)|opprinnelig melding|alkuperäinen viesti|исходное сообщение|пересланное сообщение|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|orijinal (?:mesaj|ileti)|reply (?:message|above this line)|antwort|odpowiedź|forwarded message|urspr\.? nachricht|přeposlaná zpráva|原始邮件|元のメッセージ|email original|e-mail original|originele bericht)\s*[-_=~]{2,}/iu
const originalBare = /^[\s>]*(?:-{3,}|_{10,})\s*$/

const fromLabel =
  /^[\s>*]*(?:from|von|de|da|van|från|fra|lähettäjä|от|від|od|kimden|feladó|de la|από|寄件者|发件人|寄件人|差出人|보낸 ?사람|من|מאת|expéditeur|remitente|mittente|afsender|avsender)\s*\*?\s*[:：]/iu
const sentLabel =
  /^[\s>*]*(?:sent|date|envoyé(?: le)?|gesendet|datum|enviado(?: el| em)?|fecha|data|inviato(?: il)?|verzonden|verstuurd|skickat|sendt|dato|lähetetty|päivämäärä|отправлено|дата|надіслано|wysłano|gönderilme(?: tarihi)?|tarih|elküldve|trimis|στάλθηκε|ημερομηνία|发送时间|寄件日期|日時|送信日時|日期|보낸 날짜|تاريخ|נשלח|odesláno|odoslané)\s*\*?\s*[:：]/iu
const toLabel =
  /^[\s>*]*(?:to|an|à|para|a|aan|till|til|vastaanottaja|кому|do|kime|címzett|către|προς|收件人|宛先|받는 ?사람|إلى|אל|komu|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|тема|temat|konu|tárgy|subiect|θέμα|主题|主旨|件名|제목|předmět|reply-to|cc)\s*\*?\s*[:：]/iu
const forwarded =
  /forwarded message|weitergeleitete nachricht|begin forwarded|message transféré|mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat|videresendt|välitetty viesti|пересылаемое|przekazana wiadomość|przesłana dalej|iletilen ileti|转发|轉寄|転送/iu

/** Whether a text, one line or the lines of one put together, introduces quoted text by naming its writer. */
export function isAttribution(text: string): boolean {
  if (!ending.test(text.trimEnd().slice(-40))) return false
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/^ ?-{2,} | -{2,} ?$/g, '')
    .trim()
  if (line.length < 6 || line.length > 500 || !numberOrAddress.test(line)) return false
  if (verbEnd.test(line)) return opener.test(line) || nameFirst.test(line)
  return dateAddress.test(line) || (verbEndBare.test(line) && /^[\s>]*on\b.*\d.*[,<@]/i.test(line))
}

/** Whether a line can be the first of an attribution that was broken over several: "On Mon, Aug 26, 2019 at 4:37 PM Ana <". */
export function beginsAttribution(line: string): boolean {
  return line.length < 200 && opener.test(line) && /\d/.test(line) && !/[.!?:]\s*$/.test(line)
}

/** A rule such as "-----Original Message-----". */
export function isOriginalRule(line: string): boolean {
  return line.length < 200 && original.test(line)
}

/** Whether the lines from `at` on are the head of an older message (From, Sent, To, Subject), perhaps under a bare rule. */
export function isHeaderBlock(lines: readonly string[], at: number): boolean {
  let i = at
  if (originalBare.test(lines[i] ?? '')) {
    i++
    while (i < at + 3 && (lines[i] ?? '').trim() === '' && i < lines.length) i++
  }
  if (!fromLabel.test(lines[i] ?? '') || (lines[i] ?? '').length > 300) return false
  let sent = false
  let to = false
  for (const line of lines.slice(i + 1, i + 9)) {
    sent ||= sentLabel.test(line)
    to ||= toLabel.test(line)
    if (sent && to) return true
  }
  return false
}

/** Whether a text begins with the head that a forwarded message gets. */
export function isForwardedHead(text: string): boolean {
  return forwarded.test(text.slice(0, 200))
}
