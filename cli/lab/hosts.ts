/** The machines of the lab, their addresses and roles: one segment, as in the project's source documents. */

export type HostName = 'vos1' | 'vos2' | 'vos3' | 'vos4' | 'client'
export type DirectorName = 'vos1' | 'vos2'

export const DIRECTORS: readonly DirectorName[] = ['vos1', 'vos2']
export const WEB_SERVERS = [
  { host: 'vos3', answer: 'web1' },
  { host: 'vos4', answer: 'web2' },
] as const

/** The last byte of each machine's address. */
const LAST_BYTE: Record<HostName, number> = { vos1: 201, vos2: 202, vos3: 203, vos4: 204, client: 30 }

export const VIP = '192.168.105.211'
export const WEB_PORT = 80

export function addressOf(host: HostName): string {
  return `192.168.105.${LAST_BYTE[host]}`
}

/** A machine keeps its hardware address when it is started again, as a real one does. */
export function hardwareAddressOf(host: HostName): string {
  return `02:00:c0:a8:69:${LAST_BYTE[host].toString(16).padStart(2, '0')}`
}

export function hostOf(address: string): HostName | null {
  const bare = address.replace(/[/:].*$/, '')
  for (const host of ['vos1', 'vos2', 'vos3', 'vos4', 'client'] as const) if (addressOf(host) === bare) return host
  return null
}

/** Shell lines a machine runs when it is switched on: interface, address, and for a web server the VIP on lo. */
export function bootLines(host: HostName): string[] {
  const lines = ['link set lo up', `address add ${addressOf(host)}/24 dev eth0`, 'link set eth0 up']
  const serves = WEB_SERVERS.some((server) => server.host === host)
  // Direct routing: the web server owns the VIP but must never answer ARP for it.
  if (serves) lines.push(`address add ${VIP}/32 dev lo`)
  const batch = `ip -batch - <<'END'\n${lines.join('\n')}\nEND`
  const quiet = ['all', 'lo'].flatMap((name) => [
    `echo 1 > /proc/sys/net/ipv4/conf/${name}/arp_ignore`,
    `echo 2 > /proc/sys/net/ipv4/conf/${name}/arp_announce`,
  ])
  return serves ? [...quiet, batch] : [batch]
}
