import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import { certificateFor } from '../../certificate-maker.ts'
import { secured } from '../balanced.ts'
import { labels } from '../labels-shape.ts'
import type { Row } from '../row.ts'
import { id, text, type Shape } from '../shape.ts'

const shop = certificateFor()

const certificateShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  server_certificate_id: id('sc'),
  server_certificate_name: text,
  certificate_content: /^-----BEGIN CERTIFICATE-----\n/,
  private_key: '',
  ...labels,
  ...known,
})

export const rows: readonly Row[] = [
  {
    action: 'DescribeServerCertificates',
    about: 'and never a key',
    given: secured,
    answer: ({ certificate = '' }) => ({
      server_certificate_set: [
        certificateShape({ server_certificate_id: certificate, server_certificate_name: 'shop' }),
        certificateShape(),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeServerCertificates',
    about: 'by ids',
    given: secured,
    parameters: ({ spare = '' }) => ({ server_certificates: [spare, 'sc-00000000'], verbose: 1 }),
    answer: ({ spare = '' }) => ({
      server_certificate_set: [certificateShape({ server_certificate_id: spare })],
      total_count: 1,
    }),
  },
  {
    action: 'DescribeServerCertificates',
    about: 'one that a directory is to issue is shown like any other, and its account to nobody',
    given: async site => ({
      certificate: await site.make('certificate', { name: 'issued', acme: { names: ['shop.example'] } }),
    }),
    answer: ({ certificate = '' }) => ({
      server_certificate_set: [
        certificateShape({ server_certificate_id: certificate, server_certificate_name: 'issued' }),
      ],
      total_count: 1,
    }),
  },
  {
    action: 'CreateServerCertificate',
    about: 'Go takes the last line feed away',
    parameters: { certificate_content: shop.chain, private_key: shop.key, server_certificate_name: 'shop' },
    answer: { server_certificate_id: id('sc') },
    then(site, _given, answer) {
      const { name, now } = find(site.cloud.model(), 'certificate', String(answer['server_certificate_id'])) ?? {}
      assert.deepEqual([name, now?.chain.trim(), now?.key.trim()], ['shop', shop.chain.trim(), shop.key.trim()])
    },
  },
  {
    action: 'ModifyServerCertificateAttributes',
    given: secured,
    parameters: ({ certificate = '' }) => ({
      server_certificate: certificate,
      server_certificate_name: '',
      description: 'of the shop',
    }),
    answer: {},
    then(site, { certificate }) {
      const { name, description } = find(site.cloud.model(), 'certificate', certificate) ?? {}
      assert.deepEqual([name, description], ['', 'of the shop'])
    },
  },
  {
    action: 'DeleteServerCertificates',
    given: secured,
    parameters: ({ spare = '' }) => ({ server_certificates: [spare] }),
    answer: ({ spare = '' }) => ({ server_certificates: [spare] }),
    then: (site, { spare }) => assert.equal(find(site.cloud.model(), 'certificate', spare), undefined),
  },
]
