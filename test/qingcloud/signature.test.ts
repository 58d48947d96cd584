import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWire } from '../../src/qingcloud/parameters.ts'
import { isSignature, sign, textToSign, type SignatureMethod } from '../../src/qingcloud/signature.ts'

const secret = 'SECRETACCESSKEY'
const key = 'access_key_id=QYACCESSKEYIDEXAMPLE'
const common = 'signature_version=1&time_stamp=2013-08-27T14%3A30%3A10Z&version=1'
const balancers = `${key}&action=DescribeLoadBalancers&loadbalancers.1=lb-1234abcd&signature_method=HmacSHA256&signature_version=1&status.1=active&time_stamp=2013-08-27T14%3A30%3A10Z&verbose=1&version=1&zone=pek3a`

const vectors: readonly (readonly [about: string, method: string, path: string, query: string, signature: string])[] = [
  [
    'the documented one',
    'GET',
    '/iaas/',
    `${key}&action=RunInstances&count=1&image_id=centos64x86a&instance_name=demo&instance_type=small_b&login_mode=passwd&login_passwd=QingCloud20130712&signature_method=HmacSHA256&${common}&vxnets.1=vxnet-0&zone=pek3a`,
    'byjccvWIvAftaq+oublemagH3bYAlDWxxLFAzAsyslw=',
  ],
  ['with a slash at the end of the path', 'GET', '/iaas/', balancers, 'lJ5nnlx1PsuLOAPFsyXgD8Y4FWBylXdgNmVBGevpTpY='],
  ['without one', 'GET', '/iaas', balancers, 'sq1rnDRa7ZvrPeQ0syeccoj/ftdEs/ziC0s0qe0zYaM='],
  [
    'what encodings differ in, and an empty value',
    'GET',
    '/iaas/',
    `${key}&action=AddLoadBalancerListeners&listeners.1.healthy_check_method=http%7C%2Fa%20b%3Fx%3D1%7Ch&listeners.1.loadbalancer_listener_name=%E5%90%8D%20%E5%AD%97%2B~%2A%21%27%28%29%2F&listeners.1.session_sticky=&loadbalancer=lb-1234abcd&signature_method=HmacSHA256&${common}&zone=pek3a`,
    'gtL3Hnk7hSWnCZJCYrDyr3R0E94iYwRGQkll3I4oOpk=',
  ],
  [
    'a form',
    'POST',
    '/iaas/',
    `${key}&action=CreateServerCertificate&certificate_content=-----BEGIN%0AA%2B%2F%3D%0A&private_key=KEY%0A%20x&signature_method=HmacSHA256&${common}&zone=pek3a`,
    'dPpak9N6QzzTMW8TJ4AMveEFnp1OoxEA1nuUFAkAooc=',
  ],
  [
    'the older hash',
    'GET',
    '/iaas/',
    `${key}&action=DescribeZones&signature_method=HmacSHA1&${common}&zone=pek3a`,
    'Yxvlgd27yBXC3t/yMTJvwZQ2YEg=',
  ],
]

for (const [about, method, path, query, signature] of vectors) {
  test(`a signature that is known: ${about}`, () => {
    const wire = parseWire(query)
    const signed = textToSign(method, path, wire)
    assert.equal(signed, `${method}\n${path}\n${query}`)
    const hash = wire.get('signature_method') as SignatureMethod
    assert.equal(sign(secret, hash, signed), signature)
    assert.ok(isSignature(signature, secret, hash, signed))
  })

  test(`however its parameters are ordered and encoded: ${about}`, () => {
    const parts = query.split('&').reverse()
    const unordered = [`signature=${signature}`, ...parts].join('&').replaceAll('%20', '+').replaceAll('%3A', ':')
    const wire = parseWire(unordered)
    assert.equal(textToSign(method, path, wire), `${method}\n${path}\n${query}`)
    // Left unencoded, a plus has become a blank.
    assert.ok(
      isSignature(
        wire.get('signature') ?? '',
        secret,
        wire.get('signature_method') as SignatureMethod,
        textToSign(method, path, wire),
      ),
    )
  })
}

test('one bit of a difference makes another signature', () => {
  const signed = textToSign('GET', '/iaas/', parseWire(balancers))
  const right = sign(secret, 'HmacSHA256', signed)
  for (const wrong of [right.replace('l', 'm'), right.slice(4), '', 'x', `AAAA${right}`])
    assert.equal(isSignature(wrong, secret, 'HmacSHA256', signed), false, wrong)
  assert.equal(isSignature(right, 'SECRETACCESSKEz', 'HmacSHA256', signed), false)
  assert.equal(isSignature(right, secret, 'HmacSHA1', signed), false)
  assert.equal(isSignature(right, secret, 'HmacSHA256', signed.replace('GET', 'POST')), false)
})
