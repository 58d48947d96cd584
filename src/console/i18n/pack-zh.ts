import kit from 'antd/locale/zh_CN'
import * as labels from './labels-zh.ts'
import { zh as words } from './words-zh.ts'

/** Everything Chinese: the console's words, and those of its kit. */
export const pack = { words, labels, kit }
