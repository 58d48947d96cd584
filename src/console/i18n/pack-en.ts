import kit from 'antd/locale/en_US'
import * as labels from './labels-en.ts'
import { en as words } from './words-en.ts'

/** Everything English: the console's words, and those of its kit. */
export const pack = { words, labels, kit }
