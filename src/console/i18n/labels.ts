/** What attributes and the values of enumerated ones are called in a language. */
export interface Labels {
  readonly labels: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
}

/** What an attribute is called; its own name where it has no label. */
export function attributeLabel({ labels }: Labels, attribute: string, where: string): string {
  return labels[`${where}.${attribute}`] ?? labels[attribute] ?? attribute
}

/** What a value is called; in capitals where it is the name of a protocol. */
export function optionLabel({ options }: Labels, attribute: string, value: string): string {
  return options[`${attribute}.${value}`] ?? (attribute === 'protocol' ? value.toUpperCase() : value)
}
