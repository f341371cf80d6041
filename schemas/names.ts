/** How entities are named in events, on subjects and on screen, and by what they are known again. */

/**
 * What makes a virtual router the same one in two configurations, whatever it is called in them: `eth0 51 IPv4`. As in
 * keepalived, but for the addresses: a virtual router whose addresses change is still the same one.
 */
export function instanceIdentity(instance: {
  interface: string
  virtualRouterId: number
  multicastGroup: string
}): string {
  const family = instance.multicastGroup.includes(':') ? 'IPv6' : 'IPv4'
  return `${instance.interface} ${instance.virtualRouterId} ${family}`
}

/** How refusals name a device: `device vrrp.51`. */
export function deviceEntity(name: string): string {
  return `device ${name}`
}

/** `192.168.105.211:80/tcp`, `[2001:db8::1]:80/tcp` */
export function virtualServerName(server: { address: string; port: number; protocol: string }): string {
  return `${endpointName(server)}/${server.protocol.toLowerCase()}`
}

/** `192.168.105.203:80`, `[2001:db8::1]:80` */
export function endpointName({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
