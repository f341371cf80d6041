/** The mail relay of a director: `mail-relay.ts` takes every mail on 127.0.0.1:25 and prints it as a line of JSON. */
import { flushCompileCache } from 'node:module'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData(stream, session, done) {
    text(stream).then((body) => {
      // A long header goes on in lines that begin with a blank (RFC 5322, 2.2.3).
      const unfolded = body.replace(/\r?\n(?=[ \t])/g, '')
      const subject = /^subject:\s*(.*)$/im.exec(unfolded)?.[1]?.trim() ?? ''
      const to = session.envelope.rcptTo.map(({ address }) => address)
      process.stdout.write(`${JSON.stringify({ at: Date.now(), to, subject })}\n`)
      done()
    }, done)
  },
})
server.on('error', () => {})
server.listen(25, '127.0.0.1', () => {
  process.stdout.write('ready\n')
  // Node would write it at an orderly end, and a machine of the lab has none.
  flushCompileCache()
})
