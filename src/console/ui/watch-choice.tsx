import { Checkbox, Flex, Select } from 'antd'
import { useWords } from '../i18n/language.ts'

/** How a person wants an apply to be watched. */
export interface Watch {
  readonly on: boolean
  readonly watchS: number
  readonly confirm: boolean
}

export const noWatch: Watch = { on: false, watchS: 60, confirm: false }

const times = [30, 60, 300, 900]

/** Whether an apply is taken back by itself where it does harm, for how long, and whether somebody must confirm it. */
export function WatchChoice({ watch, onChange }: { readonly watch: Watch; readonly onChange: (watch: Watch) => void }) {
  const { t } = useWords()
  const { on, watchS, confirm } = watch
  return (
    <Flex vertical gap="small" className="watch-choice">
      <Checkbox checked={on} onChange={({ target }) => onChange({ ...watch, on: target.checked })}>
        {t('apply.watch')}
      </Checkbox>
      {on && (
        <Flex gap="middle" align="center" wrap>
          <Flex component="label" gap="small" align="center">
            {t('apply.watch-for')}
            <Select
              value={watchS}
              options={times.map(value => ({ value, label: t('apply.seconds', { seconds: value }) }))}
              onChange={value => onChange({ ...watch, watchS: value })}
            />
          </Flex>
          <Checkbox checked={confirm} onChange={({ target }) => onChange({ ...watch, confirm: target.checked })}>
            {t('apply.confirm')}
          </Checkbox>
        </Flex>
      )}
    </Flex>
  )
}
