/**
 * A mail as it goes over the wire (RFC 5322): header fields, an empty line, the body; lines end with CRLF. Made here and
 * not by the mail library, which would quote `=` once a line is longer than 76: filters look for `=> ... <=`.
 */
import type { Mail } from '../ports.ts'

export function mailMessage({ from, to, subject, messageId, body }: Mail, date: Date): string {
  const header = [
    ['Date', date.toUTCString().replace('GMT', '+0000')],
    ['From', encoded(from)],
    ['To', to.map(encoded).join(',\r\n ')],
    ['Subject', encoded(subject)],
    ['Message-ID', `<${encoded(messageId)}>`],
    ['X-Mailer', 'failoverd'],
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', '8bit'],
  ]
  const lines = header.map(([name, value]) => `${name}: ${value}\r\n`)
  return `${lines.join('')}\r\n${body.replaceAll(/\r?\n/g, '\r\n')}`
}

/** RFC 2047 for what is not ASCII; a line break in a name must not begin a header field. */
function encoded(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ')
  if (/^[\x20-\x7e]*$/.test(line)) return line
  // An encoded word has at most 75 characters: 10 code points are 40 bytes at most, 56 in base64.
  const words = line.match(/.{1,10}/gu) ?? []
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}
