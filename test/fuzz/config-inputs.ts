/** Inputs for the configuration's parser: words of the language in no order, real blocks cut up, and any text at all. */
import fc from 'fast-check'
import { keywordPaths, keywordsOf } from '#platform/config/keywords/keywords.ts'

const KEYWORDS = [...new Set(keywordPaths().flatMap((path) => [...keywordsOf(path).keys()]))]

const VALUES = [
  ...[
    '0',
    '1',
    '51',
    '255',
    '256',
    '-1',
    '090',
    '0x10',
    '90x',
    '1.5',
    '0.000001',
    '4294967296',
    '99999999999999999999',
  ],
  ...[
    '192.0.2.1',
    '192.0.2.1/24',
    '192.0.2.1/33',
    '2001:db8::1',
    '2001:db8::1/64',
    'fe80::1%eth0',
    '10.0.0.1-20',
    '1.2.3',
  ],
  ...[
    'on',
    'off',
    'TRUE',
    'MASTER',
    'PASS',
    'DR',
    'TCP',
    'rr',
    'fwmark',
    'group',
    'eth0',
    'VI_1',
    '200-299',
    '02:00:5e:00:00:01',
  ],
  ...[
    '"a b"',
    '"',
    "'",
    '\\',
    '""',
    '"/bin/true x" nobody',
    "'it''s'",
    '\\x41\\101\\cA',
    '\u00e9',
    '\u{1f600}',
    '\0',
    '\t',
    '\f',
  ],
]

const MARKS = [
  ...['{', '}', '{ }', '} }', '#', '!', '\\#', '# comment', '@alpha ', '@^alpha ', '@', '@other '],
  ...[
    '$A=1',
    '$A=\\',
    '$A= vrrp_instance x { \\',
    '$A',
    `\${A}`,
    `\${B}`,
    '$B=$A',
    `$A=\${A}`,
    `\${_PWD}`,
    `\${_INSTANCE}`,
  ],
  ...[
    `\${_RANDOM 1 9}`,
    `\${_ENV REGION}`,
    `\${_HASH}`,
    `\${_BANG}`,
    `\${`,
    '$',
    '~SEQ(A,1,3) ',
    '~SEQ(A,3,1,-5) ',
    '~SEQx(A,1,9)',
  ],
  ...[
    '~LST(A,x,y) ',
    '~LST({A,B},{1,2},{3}) ',
    '~SEQ(',
    '~',
    '~SEQ(A,0,0) ',
    'include other.conf',
    'include *.conf',
    'includea x{y,z}',
  ],
]

const WHOLE = [
  'global_defs {\nrouter_id a\nsmtp_server 127.0.0.1 25\nnotification_email {\na@b.example\n}\n}',
  'vrrp_script c {\nscript "/bin/true"\ninterval 2\nweight -2\n}',
  'vrrp_instance VI_1 {\nstate BACKUP\ninterface eth0\nvirtual_router_id 51\npriority 100\nauthentication {\nauth_type PASS\nauth_pass 1111\n}\nvirtual_ipaddress {\n192.0.2.1/24 dev eth0 label eth0:1\n}\nvirtual_routes {\n10.0.0.0/8 via 192.0.2.9 dev eth0 table 10\n}\ntrack_script {\nc weight 2\n}\n}',
  'vrrp_sync_group G {\ngroup {\nVI_1\n}\n}',
  'virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method DR\nprotocol TCP\nquorum 1\nsorry_server 192.0.2.9 80\nreal_server 192.0.2.2 80 {\nweight 1\nHTTP_GET {\nurl {\npath /\nstatus_code 200\n}\nconnect_timeout 3\n}\n}\n}',
  'virtual_server_group g {\n192.0.2.1-9 80\nfwmark 3\n}',
]

const token = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...KEYWORDS) },
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 3, arbitrary: fc.constantFrom(...MARKS) },
)

const blank = fc.constantFrom(' ', '\n', '\n', ' ', '\t', '', '\r\n')

/** Words of the language, any of them behind any other. */
const soup = fc
  .array(fc.tuple(token, blank), { maxLength: 40 })
  .map((parts) => parts.map(([word, end]) => word + end).join(''))

/** Blocks that make sense, with lines left out, doubled, swapped or replaced. */
const mutant = fc
  .tuple(
    fc.shuffledSubarray(WHOLE, { minLength: 1 }),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'replace', 'cut', 'append'), token), {
      maxLength: 6,
    }),
  )
  .map(([blocks, changes]) => {
    const lines = blocks.join('\n').split('\n')
    for (const [place, change, word] of changes) {
      const at = place % Math.max(1, lines.length)
      const line = lines[at] ?? ''
      if (change === 'drop') lines.splice(at, 1)
      if (change === 'double') lines.splice(at, 0, line)
      if (change === 'replace') lines[at] = word
      if (change === 'append') lines[at] = `${line} ${word}`
      if (change === 'cut') lines[at] = line.slice(0, place % (line.length + 1))
    }
    return lines.join('\n')
  })

const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }))

export const configText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: soup },
  { weight: 4, arbitrary: mutant },
  { weight: 1, arbitrary: anything },
)
