import { QuestionCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import type { WordKey } from '../i18n/words-en.ts'
import { useWords } from '../i18n/language.ts'

const WhyPanel = lazy(() => import('../diagnosis/why-panel.tsx').then(m => ({ default: m.WhyPanel })))

interface Props {
  /** Where the API answers. */
  readonly path: string
  readonly title: string
  /** What the button says. */
  readonly label: WordKey & ('backend.why' | 'diagnosis.ask')
  readonly type?: 'link' | 'default'
}

/** A button that asks what is wrong with something. */
export function Why({ path, title, label, type = 'link' }: Props) {
  const { t } = useWords()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        {...(type === 'link' ? { size: 'small' } : {})}
        type={type}
        icon={<QuestionCircleOutlined />}
        onClick={() => setAsking(true)}
      >
        {t(label)}
      </Button>
      {asking && (
        <Suspense>
          <WhyPanel path={path} title={title} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  )
}
