/** A value of ASN.1 in the form that certificates are written in, DER: its tag, its length, and what it is made of. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
export const setOf = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts)
export const explicit = (n: number, ...parts: readonly Buffer[]): Buffer => der(0xa0 + n, ...parts)
const octets = (content: Buffer): Buffer => der(0x04, content)
export const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content)
/** An object identifier, by the bytes that it is encoded as, in hexadecimal. */
export const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))

/** A natural number, as the bytes of its value. */
export function integer(value: number | Buffer): Buffer {
  const hex = typeof value === 'number' ? value.toString(16) : value.toString('hex')
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return der(0x02, bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]))
}

/** A moment given in RFC 3339, UTC, cut to whole seconds: in two digits of the year up to 2049, as RFC 5280 wants it. */
export function time(rfc3339: string): Buffer {
  const digits = rfc3339.replaceAll(/[-:T]|\.\d+/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

/** A name that has a common name only; none at all when it is empty. */
export function distinguishedName(commonName: string): Buffer {
  if (commonName === '') return sequence()
  return sequence(setOf(sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))
}

/** The extension that lists the DNS names and IPv4 addresses that a certificate proves. */
export function subjectAltNames(names: readonly string[]): Buffer {
  const list = names.map(name =>
    /^\d+(\.\d+){3}$/.test(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  )
  return sequence(oid('551d11'), octets(sequence(...list)))
}

/** DER between the lines that say what it is. */
export function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
