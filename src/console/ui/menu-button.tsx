import { Button, Dropdown, type ButtonProps, type MenuProps } from 'antd'
import { useRef } from 'react'

interface Props extends ButtonProps {
  readonly menu: MenuProps
}

/** A button that opens a menu, and gets the keyboard back when the menu closes. */
export function MenuButton({ menu, disabled = false, ...rest }: Props) {
  const button = useRef<HTMLButtonElement>(null)
  const takeBack = () => document.activeElement?.closest('[role=menu]') && button.current?.focus()
  return (
    <Dropdown
      autoFocus
      disabled={disabled}
      trigger={['click']}
      menu={menu}
      onOpenChange={open => void (open || takeBack())}
    >
      <Button ref={button} disabled={disabled} {...rest} />
    </Dropdown>
  )
}
