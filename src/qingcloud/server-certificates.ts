import type { Certificate } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe } from './describe.ts'
import { labelsOf } from './labels.ts'
import { list, longText, text } from './parameters.ts'

const kind = 'certificate'
const names = { name: 'server_certificate_name', chain: 'certificate_content', key: 'private_key' }

/** Server certificates. */
export const serverCertificateActions = [
  reading(
    'DescribeServerCertificates',
    { ...listing, server_certificates: list(text).optional() },
    (asked, call) =>
      describe(call, kind, asked, {
        set: 'server_certificate_set',
        ids: asked.server_certificates,
        view: certificate => certificateView(certificate, call),
      }),
    { note: '`private_key` is always empty: a key is told to nobody' },
  ),

  changing(
    'CreateServerCertificate',
    { certificate_content: longText, private_key: longText, server_certificate_name: text.default('') },
    async ({ certificate_content: chain, private_key: key, server_certificate_name: name }, call) => {
      const { resource } = await call.run({ do: 'create', kind, body: { name, chain, key } })
      return { server_certificate_id: resource?.id }
    },
    { names, note: 'POST or GET. What has expired, or is not valid yet, is refused' },
  ),

  changing(
    'ModifyServerCertificateAttributes',
    { server_certificate: text, server_certificate_name: text.optional(), description: text.optional() },
    async ({ server_certificate: id, server_certificate_name: name, description }, call) => {
      await call.run({ do: 'patch', kind, id, body: { name, description } })
      return {}
    },
    { names },
  ),

  changing(
    'DeleteServerCertificates',
    { server_certificates: list(text) },
    async ({ server_certificates: ids }, call) => {
      await call.runAll([...new Set(ids)].map(id => ({ do: 'delete', kind, id })))
      return { server_certificates: ids }
    },
  ),
]

function certificateView(certificate: Certificate, { model }: Call): object {
  return {
    server_certificate_id: certificate.id,
    server_certificate_name: certificate.name,
    certificate_content: certificate.now.chain,
    // Here because clients look for it.
    private_key: '',
    ...labelsOf(certificate, model()),
  }
}
