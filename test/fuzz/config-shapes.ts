/** Texts of a given size that would be slow to read if reading were not linear. */

const numbered = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')
const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
const instance = (index: number, inner: string): string =>
  `vrrp_instance V${index} {\ninterface e${index}\nvirtual_router_id ${1 + (index % 255)}\n${inner}\n}`

export const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'opening braces': (size) => '{'.repeat(size),
  'closing braces': (size) => '}\n'.repeat(size),
  'blocks in blocks': (size) => 'vrrp_instance a {\n'.repeat(size),
  'unknown keywords': (size) => numbered(size, (index) => `unknwon${index} x`),
  'one misspelt keyword': (size) => 'prioritty 5\n'.repeat(size),
  'open quotes': (size) => 'a "b\n'.repeat(size),
  'one long word': (size) => 'a'.repeat(size),
  'one long line': (size) => `priority ${'1 '.repeat(size)}`,
  definitions: (size) =>
    `${numbered(size, (index) => `$V${index}=${index}`)}\n${numbered(size, (index) => `\${V${index}}`)}`,
  'uses of a definition on a line': (size) => `$A=x\n${'${'}A} `.repeat(size),
  'uses of a definition': (size) => `$A=x\n${'a ${'}A}\n`.repeat(size),
  'definitions that double': (size) =>
    `$A0=ab\n${numbered(size / 100, (index) => `$A${index + 1}=\${A${index}}\${A${index}}`)}\n\${A${Math.floor(size / 100)}}`,
  'undefined names': (size) => `${'${'}Q}\n`.repeat(size),
  'a long definition': (size) => `$M=\\\n${'a b \\\n'.repeat(size)}c\n$M\n$M\n`,
  'a long sequence': (size) => `~SEQ(A,1,${size}) x \${A}`,
  'missing braces': (size) => 'vrrp_instance a {\nauthentication {\nauth_type PASS\n'.repeat(size),
  instances: (size) => numbered(size, (index) => instance(index, `virtual_ipaddress {\n${address(index)}\n}`)),
  'addresses of an instance': (size) => instance(1, `virtual_ipaddress {\n${numbered(size, address)}\n}`),
  'virtual servers': (size) =>
    numbered(size, (index) => `virtual_server ${address(index)} 80 {\nprotocol TCP\nreal_server 1.2.3.4 80 {\n}\n}`),
  'real servers': (size) =>
    `virtual_server 10.0.0.1 80 {\n${numbered(size, (index) => `real_server ${address(index)} 80 {\n}`)}\n}`,
  'one real server again and again': (size) =>
    `virtual_server 10.0.0.1 80 {\n${'real_server 10.2.3.4 80 {\n}\n'.repeat(size)}\n}`,
  'blocks of global_defs': (size) => 'global_defs {\nrouter_id a\n}\n'.repeat(size),
  'one statement again and again': (size) => `vrrp_instance a {\n${'priority 5\n'.repeat(size)}}`,
  'keywords that are not in force': (size) => `vrrp_instance a {\n${'accept\n'.repeat(size)}}`,
  'conditional lines': (size) => '@alpha x\n@beta y\n'.repeat(size),
  'missing includes': (size) => 'include x.conf\n'.repeat(size),
}
