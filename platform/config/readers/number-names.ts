/** Names that iproute2 and the C library know for numbers: routing tables, protocols, scopes and so on. */
import type { ConfigFiles } from '../language/files.ts'

export type NameKind = 'table' | 'protocol' | 'scope' | 'tos' | 'realm' | 'group' | 'ipProtocol'

export interface NumberNames {
  /** null: nobody knows the name. */
  numberOf(kind: NameKind, name: string): number | null
  /** All names of a kind. */
  known(kind: NameKind): string[]
}

interface Source {
  /** The file of iproute2; a path for one of another package. */
  file: string
  /** name number, or number name as in iproute2. */
  nameFirst: boolean
  /** What is known without any file. */
  builtin: Readonly<Record<string, number>>
}

const SOURCES: Readonly<Record<NameKind, Source>> = {
  table: { file: 'rt_tables', nameFirst: false, builtin: { default: 253, main: 254, local: 255 } },
  protocol: {
    file: 'rt_protos',
    nameFirst: false,
    builtin: {
      unspec: 0,
      redirect: 1,
      kernel: 2,
      boot: 3,
      static: 4,
      ra: 9,
      zebra: 11,
      bird: 12,
      dhcp: 16,
      keepalived: 18,
    },
  },
  scope: { file: 'rt_scopes', nameFirst: false, builtin: { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } },
  tos: { file: 'rt_dsfield', nameFirst: false, builtin: { default: 0 } },
  realm: { file: 'rt_realms', nameFirst: false, builtin: { cosmos: 0 } },
  group: { file: 'group', nameFirst: false, builtin: { default: 0 } },
  ipProtocol: {
    file: '/etc/protocols',
    nameFirst: true,
    builtin: { icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, 'ipv6-icmp': 58, vrrp: 112, sctp: 132 },
  },
}

/** Later ones go first: what the administrator writes counts more than what the package brings. */
const FOLDERS = ['/usr/share/iproute2', '/etc/iproute2']

/** Reads each file when the first name of its kind is asked for. */
export function numberNames(files: ConfigFiles): NumberNames {
  const read = new Map<NameKind, Map<string, number>>()
  const namesOf = (kind: NameKind): Map<string, number> => {
    const names = read.get(kind) ?? readNames(files, SOURCES[kind])
    read.set(kind, names)
    return names
  }
  return {
    numberOf: (kind, name) => namesOf(kind).get(name) ?? null,
    known: (kind) => [...namesOf(kind).keys()],
  }
}

function readNames(files: ConfigFiles, { file, nameFirst, builtin }: Source): Map<string, number> {
  const paths = file.startsWith('/')
    ? [file]
    : FOLDERS.flatMap((folder) => [`${folder}/${file}`, ...files.match(`${folder}/${file}.d/*.conf`)])
  const names = new Map(Object.entries(builtin))
  for (const path of paths) {
    const content = files.read(path)
    // Any of them may be missing.
    if (!content.ok) continue
    for (const line of content.text.split('\n')) {
      const [first = '', second = ''] = line.replace(/#.*/, '').trim().split(/\s+/)
      const [name, number] = nameFirst ? [first, second] : [second, first]
      if (name !== '' && /^(0x[\da-f]+|\d+)$/i.test(number)) names.set(name, Number(number))
    }
  }
  return names
}
