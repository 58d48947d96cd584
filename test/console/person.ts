import type { Locator, Page } from 'playwright-core'

/** Someone who reads Chinese and uses the console by its menus, buttons and labels. */
export interface Person {
  readonly page: Page
  /** 产品与服务 > … */
  open(menu: string): Promise<void>
  press(button: string): Promise<void>
  /** The dialog that is open. */
  readonly dialog: Locator
  fill(label: string, text: string, nth?: number): Promise<void>
  choose(label: string, option: string): Promise<void>
  /** A radio button, in the group of this name. */
  pick(option: string, group?: string): Promise<void>
  /** Sends the dialog's form, and waits until it is gone. */
  send(button: string): Promise<void>
  /** Opens the page of a resource, by its id in the row with this name. */
  enter(name: string): Promise<void>
  apply(): Promise<void>
}

export function personAt(page: Page): Person {
  const dialog = page.getByRole('dialog')
  const gone = () => dialog.waitFor({ state: 'hidden' })
  return {
    page,
    dialog,
    async open(menu) {
      const menus = page.getByRole('navigation', { name: '产品与服务' })
      await menus.getByRole('link', { name: menu, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: menu, exact: true }).waitFor()
    },
    async press(button) {
      await page.getByRole('button', { name: button }).first().click()
    },
    fill: (label, text, nth = 0) => dialog.getByLabel(label, { exact: true }).nth(nth).fill(text),
    async choose(label, option) {
      const box = dialog.getByRole('combobox', { name: label })
      await box.click()
      // As a word of its own: an id at random may hold the same letters.
      const words = new RegExp(`(^|\\s)${RegExp.escape(option)}(\\s|$)`)
      await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: words }).click()
      await box.blur()
    },
    pick(option, group) {
      const within = group === undefined ? dialog : dialog.getByRole('radiogroup', { name: group })
      return within.getByRole('radio', { name: option, exact: true }).check()
    },
    async send(button) {
      await dialog.getByRole('button', { name: button }).click()
      await gone()
    },
    enter: name => page.getByRole('row', { name }).getByRole('link').first().click(),
    async apply() {
      await page.getByRole('button', { name: '应用修改' }).click()
      await dialog.getByRole('button', { name: '应用修改' }).click()
      await gone()
      await page.getByText('有未应用的修改').waitFor({ state: 'hidden' })
    },
  }
}
