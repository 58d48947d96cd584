import type { KindName } from '../../model/kinds.ts'
import type { WordKey } from '../i18n/words-en.ts'

/** 产品与服务: the menu's parts, and what is in each. */
export const sections: readonly { readonly word: WordKey; readonly kinds: readonly KindName[] }[] = [
  {
    word: 'nav.network',
    kinds: [
      'vpc',
      'subnet',
      'route-table',
      'nat-gateway',
      'eip',
      'load-balancer',
      'certificate',
      'forward-policy',
      'vip',
      'zone',
    ],
  },
  { word: 'nav.security', kinds: ['security-group', 'group-snapshot', 'ip-set', 'policy-test'] },
  { word: 'nav.compute', kinds: ['server', 'volume', 'nic', 'key-pair', 'tag'] },
]

/** The part of the menu that a kind is in. */
export function sectionOf(kind: KindName): WordKey | undefined {
  return sections.find(section => section.kinds.includes(kind))?.word
}
