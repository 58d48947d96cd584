import { InputNumber, type InputNumberProps } from 'antd'

interface Props extends Omit<InputNumberProps<number>, 'min' | 'max' | 'onChange' | 'value'> {
  readonly value?: unknown
  readonly onChange?: ((value: unknown) => void) | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
}

const isNumber = /^-?\d+(\.\d+)?$/

/**
 * A number that is what its box shows, for whoever checks it. The kit's own keeps the last number within its limits, or the last
 * text that was one, while something else is to be seen: 7000 where 70000 stands.
 */
export function NumberInput({ value, onChange, min, max, ...rest }: Props) {
  return (
    <InputNumber<number>
      {...rest}
      {...(min === undefined ? {} : { 'aria-valuemin': min })}
      {...(max === undefined ? {} : { 'aria-valuemax': max })}
      value={value as number | null}
      changeOnBlur={false}
      onChange={next => !Number.isNaN(next) && onChange?.(next)}
      onInput={text => isNumber.test(text) || onChange?.(text.trim())}
    />
  )
}
