import { subnet } from '../../model/subnet.ts'
import { quotas } from '../../model/quota.ts'
import { labels } from '../../model/edit/body.ts'
import { useWords } from '../i18n/language.ts'
import { fieldsOf } from './field-of.ts'
import { RecordsEditor } from './records-editor.tsx'
import './words.ts'

const fields = [...fieldsOf(labels, ['description', 'tags']), ...fieldsOf(subnet.now, ['type', 'vpc', 'routeTable'])]

/** 初始私有网络: up to three private networks that are made together with their VPC. */
export function InitialSubnets() {
  const words = useWords()
  return (
    <RecordsEditor
      label={words.label('subnets')}
      fields={fields}
      path={['subnets']}
      place={{ where: 'subnet' }}
      add={words.t('form.add-subnet')}
      most={quotas.initialSubnets}
      fresh={index => ({ name: '', cidr: `192.168.${index}.0/24` })}
    />
  )
}
